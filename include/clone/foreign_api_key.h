#pragma once

// API keys that another system issued, as its database has them: hashes in the
// published formats. Some are the plain digest of the whole key, which a store
// of ours can look up at once; the others must be found by a part of the key
// that is no secret, and are replaced by the digest when the key is first used.
// Immutable; may be shared between threads.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "clone/api_key_digest.h"
#include "clone/django_hash.h"
#include "clone/result.h"

namespace clone_auth {

enum class ForeignKeyForm : std::uint8_t {
  kSha256,        ///< of the whole key: unkey, better-auth
  kDjangoSha512,  ///< djangorestframework-api-key 3
  kDjangoPbkdf2,  ///< djangorestframework-api-key 2
  kSeam,          ///< of the part behind the last '_'
};

/// "sha256", "django-sha512", "django-pbkdf2" and "seam".
std::string_view ToString(ForeignKeyForm form);
/// Reads these words. Error: hash_unsupported.
Result<ForeignKeyForm> ParseForeignKeyForm(std::string_view word);

class ForeignKeyHash {
 public:
  /// Reads SHA-256 as 64 hexadecimal digits in lower case or as base64url
  /// without padding, or what DjangoHash reads, or, for kSeam, 64 such digits.
  /// Error: hash_unsupported, also where `text` is of another form.
  static Result<ForeignKeyHash> Parse(ForeignKeyForm form,
                                      std::string_view text);

  ForeignKeyForm form() const { return form_; }
  /// True where a check takes some tenths of a second.
  bool IsCostly() const { return form_ == ForeignKeyForm::kDjangoPbkdf2; }
  /// The digest that a store looks the key up by, where the hash is that.
  std::optional<ApiKeyDigest> digest() const;

  /// True if this is the hash of `key`.
  bool Matches(std::string_view key) const;

 private:
  explicit ForeignKeyHash(ForeignKeyForm form) : form_(form) {}

  ForeignKeyForm form_;
  std::optional<DjangoHash> django_;
  ApiKeyDigest sha256_{};
};

/// The part of a key that its row is found by: what stands before the first
/// '.' in a key of djangorestframework-api-key, what stands between the first
/// two '_' in one of Seam's form. Empty where `key` has no such form, and for
/// kSha256, which needs none.
std::string_view ForeignKeyHandle(ForeignKeyForm form, std::string_view key);

}  // namespace clone_auth
