#pragma once

// Fields in the form application/x-www-form-urlencoded, as in a query or in the
// body of a request to a token endpoint (RFC 6749 appendix B).

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clone/result.h"

namespace clone_auth::service {

class UrlForm {
 public:
  static constexpr std::size_t kMaxFields = 64;

  /// Errors: invalid_argument (a '%' without two hexadecimal digits, a control
  /// character, more than 64 fields).
  static Result<UrlForm> Parse(std::string_view text);

  /// Names and values, in their order.
  const std::vector<std::pair<std::string, std::string>>& fields() const {
    return fields_;
  }

  /// The values of `name`, without those that are empty, which count as absent
  /// (RFC 6749 section 3.2).
  std::vector<std::string_view> All(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace clone_auth::service
