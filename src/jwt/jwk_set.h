#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clone/jwk.h"
#include "jwt/algorithms.h"

namespace clone_auth {

/// A key as one algorithm uses it.
struct JwkEntry {
  const Algorithm* algorithm;
  std::optional<std::string> key_id;
  std::unique_ptr<const VerificationKey> key;
  std::size_t number = 0;  ///< of the key, which may have several entries
};

struct JwkSet::Impl {
  /// What makes a key the same as another to whoever looks for it.
  struct Name {
    std::optional<std::string> key_id;
    std::string_view key_type;
  };

  std::vector<JwkEntry> entries;
  std::vector<Name> names;             // one for each key
  std::vector<std::string> published;  // likewise; empty where symmetric
  std::size_t skipped = 0;

  /// Ok if no key so far has the same `kid` and type. Error:
  /// key_set_ambiguous.
  Status AddName(const std::optional<std::string>& key_id,
                 std::string_view key_type);

  /// The one key that may check a token. Errors: token_key_unknown,
  /// token_algorithm (the named key serves another one).
  Result<const VerificationKey*> Find(
      const Algorithm& algorithm,
      const std::optional<std::string>& key_id) const;
};

}  // namespace clone_auth
