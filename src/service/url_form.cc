#include "service/url_form.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"

namespace clone_auth::service {
namespace {

std::optional<int> HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::optional<std::string> Decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i] == '+' ? ' ' : text[i];
    if (c == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const auto high = HexDigit(text[i + 1]);
      const auto low = HexDigit(text[i + 2]);
      if (!high.has_value() || !low.has_value()) return std::nullopt;
      c = static_cast<char>(*high * 16 + *low);
      i += 2;
    }
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) return std::nullopt;
    decoded += c;
  }
  return decoded;
}

}  // namespace

Result<UrlForm> UrlForm::Parse(std::string_view text) {
  UrlForm form;
  while (!text.empty()) {
    const std::string_view field = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(field.size() + 1, text.size()));
    if (field.empty()) continue;
    const std::size_t equals = std::min(field.find('='), field.size());
    auto name = Decoded(field.substr(0, equals));
    auto value = Decoded(field.substr(std::min(equals + 1, field.size())));
    if (!name.has_value() || !value.has_value() ||
        form.fields_.size() == kMaxFields) {
      return Status(Reason::kInvalidArgument,
                    "The fields are not form-urlencoded.");
    }
    form.fields_.emplace_back(*std::move(name), *std::move(value));
  }
  return form;
}

std::vector<std::string_view> UrlForm::All(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [field, value] : fields_) {
    if (field == name && !value.empty()) values.emplace_back(value);
  }
  return values;
}

}  // namespace clone_auth::service
