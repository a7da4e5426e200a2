#include "oauth/query.h"

#include <algorithm>

#include "base/hex.h"

namespace clone_auth {
namespace {

std::optional<std::string> Decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = HexValue(text[i + 1]);
    const int low = HexValue(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

}  // namespace

std::optional<Query> Query::Parse(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const std::string_view field = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(field.size() + 1, text.size()));
    const std::size_t equals = std::min(field.find('='), field.size());
    auto name = Decoded(field.substr(0, equals));
    auto value = Decoded(field.substr(std::min(equals + 1, field.size())));
    if (!name.has_value() || !value.has_value()) return std::nullopt;
    if (value->empty()) continue;
    query.fields_.emplace_back(*std::move(name), *std::move(value));
  }
  return query;
}

const std::string* Query::Find(std::string_view name) const {
  for (const auto& [field, value] : fields_) {
    if (field == name) return &value;
  }
  return nullptr;
}

bool Query::HasRepeats() const {
  std::vector<std::string_view> names;
  names.reserve(fields_.size());
  for (const auto& field : fields_) names.emplace_back(field.first);
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

}  // namespace clone_auth
