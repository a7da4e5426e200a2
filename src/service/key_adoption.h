#pragma once

// Makes a key of another system one of ours at its first use: checks it against
// the rows that it may be of, and keeps its digest in the place of the row that
// it is. What is asked for here was not found by its digest. May be shared
// between threads.

#include <chrono>
#include <optional>
#include <string_view>

#include "clone/result.h"
#include "service/directory.h"
#include "service/rate_limiter.h"

namespace clone_auth::service {

/// What must be done before a key that was not found is refused.
enum class Adoption : std::uint8_t {
  kNone,
  kWrite,  ///< it is good, and must be written down
  kHash,   ///< only PBKDF2 can tell, which takes some tenths of a second
};

class KeyAdoption {
 public:
  /// Counted are wrong keys that cost a hash, by handle and by sender, so that
  /// they cannot be guessed at, or be used to keep a core busy. All borrowed.
  KeyAdoption(Directory* directory, RateLimiter* by_handle,
              RateLimiter* by_sender)
      : directory_(directory), by_handle_(by_handle), by_sender_(by_sender) {}

  /// Takes some microseconds at most.
  Adoption StepFor(std::string_view key) const;

  /// Does that step. Ok where the key is found by its digest now, and also
  /// where it is nobody's. Errors: rate_limited, with `wait` set;
  /// store_unavailable.
  Status Adopt(std::string_view key, std::string_view sender,
               std::chrono::seconds& wait) const;

 private:
  Status AdoptCostly(const ForeignKey& row, std::string_view key,
                     std::string_view sender, std::chrono::seconds& wait,
                     bool& done) const;

  Directory* directory_;
  RateLimiter* by_handle_;
  RateLimiter* by_sender_;
};

}  // namespace clone_auth::service
