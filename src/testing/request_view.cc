#include "testing/request_view.h"

#include <algorithm>
#include <charconv>

#include "clone/json.h"

namespace clone_auth::testing {
namespace {

std::string Decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    const char* digits = text.data() + i + 1;
    const bool is_escape =
        text[i] == '%' && text.size() - i > 2 &&
        std::from_chars(digits, digits + 2, code, 16).ptr == digits + 2;
    if (is_escape) i += 2;
    decoded += is_escape        ? static_cast<char>(code)
               : text[i] == '+' ? ' '
                                : text[i];
  }
  return decoded;
}

}  // namespace

std::string PathOf(std::string_view target) {
  if (const std::size_t scheme = target.find("://");
      scheme != target.npos && target.front() != '/') {
    target.remove_prefix(scheme + 3);
    target.remove_prefix(std::min(target.find('/'), target.size()));
  }
  const std::string_view path = target.substr(0, target.find_first_of("?#"));
  return path.empty() ? "/" : std::string(path);
}

bool IsPath(std::string_view path, std::string_view known) {
  if (path == known) return true;
  return known.size() > 1 && known.back() == '/' &&
         path == known.substr(0, known.size() - 1);
}

std::string FormField(const HttpRequest& request, std::string_view name) {
  std::string found;
  int count = 0;
  std::string_view rest = request.body;
  while (!rest.empty()) {
    const std::string_view field = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(field.size() + 1, rest.size()));
    const std::size_t equals = std::min(field.find('='), field.size());
    if (Decoded(field.substr(0, equals)) != name) continue;
    ++count;
    found = Decoded(field.substr(std::min(equals + 1, field.size())));
  }
  return count == 1 ? found : "";
}

std::string JsonField(const HttpRequest& request, std::string_view name) {
  const auto json = JsonValue::Parse(request.body);
  const std::string* text = json.ok() ? json->FindString(name) : nullptr;
  return text == nullptr ? "" : *text;
}

std::string BearerOf(const HttpRequest& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string* field = request.headers.Find("Authorization");
  if (field == nullptr || field->size() <= kScheme.size() ||
      !EqualsIgnoreAsciiCase(std::string_view(*field).substr(0, kScheme.size()),
                             kScheme)) {
    return "";
  }
  return field->substr(kScheme.size());
}

}  // namespace clone_auth::testing
