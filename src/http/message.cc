#include <algorithm>
#include <utility>

#include "base/wiped_text.h"
#include "clone/http.h"

namespace clone_auth {
namespace {

constexpr char ToLowerAscii(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool EqualsIgnoreAsciiCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (ToLowerAscii(a[i]) != ToLowerAscii(b[i])) return false;
  }
  return true;
}

void HttpHeaders::Add(std::string name, std::string value) {
  fields_.push_back({std::move(name), std::move(value)});
}

void HttpHeaders::Set(std::string_view name, std::string value) {
  Wipe(name);
  Add(std::string(name), std::move(value));
}

void HttpHeaders::Wipe(std::string_view name) {
  const auto end =
      std::remove_if(fields_.begin(), fields_.end(), [name](HttpHeader& field) {
        const bool goes = EqualsIgnoreAsciiCase(field.name, name);
        if (goes) WipeText(field.value);
        return goes;
      });
  fields_.erase(end, fields_.end());
}

const std::string* HttpHeaders::Find(std::string_view name) const {
  for (const HttpHeader& field : fields_) {
    if (EqualsIgnoreAsciiCase(field.name, name)) return &field.value;
  }
  return nullptr;
}

std::size_t HttpHeaders::Count(std::string_view name) const {
  std::size_t count = 0;
  for (const HttpHeader& field : fields_) {
    if (EqualsIgnoreAsciiCase(field.name, name)) ++count;
  }
  return count;
}

}  // namespace clone_auth
