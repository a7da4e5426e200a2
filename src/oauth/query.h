#pragma once

// The query of a request that a browser was sent back with (RFC 6749 section
// 4.1.2): fields of the form application/x-www-form-urlencoded. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace clone_auth {

class Query {
 public:
  /// Empty where there is a '%' without two hexadecimal digits.
  static std::optional<Query> Parse(std::string_view text);

  /// The first value of `name`; null where it has none. An empty value counts
  /// as none (RFC 6749 section 3.1).
  const std::string* Find(std::string_view name) const;

  /// True if any name stands there twice, which none may (likewise).
  bool HasRepeats() const;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace clone_auth
