#pragma once

// Finds API keys in any text, for whoever wants to keep them out of a
// repository or a log. What is found has a checksum that holds, so there are
// no false alarms; keys without one, as older ones are, are not found. The
// text may come in pieces of any size. For one thread at a time.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "clone/api_key_scheme.h"
#include "clone/result.h"

namespace clone_auth {

/// Where a key begins. Holds no character of its secret.
struct FoundApiKey {
  std::uint64_t offset = 0;  ///< bytes before it
  std::uint64_t line = 1;    ///< from 1
  std::uint64_t column = 1;  ///< bytes from the start of the line, from 1
  /// Scheme prefix, kind and public id; valid until the call returns.
  std::string_view display_prefix;
};

class ApiKeyScanner {
 public:
  using Found = std::function<void(const FoundApiKey&)>;

  /// `found` is called for each key, in the order of the text. Errors:
  /// scheme_invalid, invalid_argument (`found` is empty).
  static Result<ApiKeyScanner> Create(ApiKeyScheme scheme, Found found);

  /// Looks at the next piece. A key that the last piece began is found once
  /// its last character is there.
  void Feed(std::string_view piece);

  /// The next piece begins another text.
  void Restart();

 private:
  ApiKeyScanner(ApiKeyScheme scheme, Found found);
  void Search(std::string_view text, std::size_t starts);
  void Pass(std::string_view text);

  ApiKeyScheme scheme_;
  Found found_;
  std::size_t key_size_;
  /// The end of what came, where a key may have begun.
  std::string open_;
  std::uint64_t offset_ = 0;
  std::uint64_t line_ = 1;
  std::uint64_t line_start_ = 0;
};

}  // namespace clone_auth
