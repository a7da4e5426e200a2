#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/base64url.h"
#include "clone/jwt.h"
#include "jwt/claims.h"
#include "jwt/compact.h"
#include "jwt/verifier_keys.h"

namespace clone_auth {

/// What a verdict rests on, for whoever remembers it.
struct JwtBasis {
  ValidTimes times;
  const VerificationKey* key = nullptr;
  std::uint64_t generation = 0;  ///< of the keys that it was found in
};

/// A header that was found good, up to the signature.
struct OpenedHeader {
  std::uint64_t verifier = 0;    ///< whose policy it met
  std::uint64_t generation = 0;  ///< of the keys
  std::string text;              ///< as it stands in the token
  std::string key_id;
  KindMarks kind;
  bool type_allowed = false;
  const VerificationKey* key = nullptr;
  std::optional<JwkSet> keys;  ///< keeps the key, where this is remembered

  bool Is(std::uint64_t by_verifier, std::string_view as_text) const {
    return verifier == by_verifier && text == as_text;
  }
};

/// The bytes of a payload. They are decoded before the signature is checked,
/// so that they are in the cache, and not on their way there, when they are
/// read; and are looked at after.
class DecodedPayload {
 public:
  explicit DecodedPayload(std::string_view encoded)
      : size_(Base64UrlDecodedSize(encoded.size())),
        ok_(Base64UrlDecodeTo(encoded, bytes_.data())) {}

  /// False where the text was malformed; there are no bytes then.
  bool ok() const { return ok_; }
  std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, Base64UrlDecodedSize(kJwtMaxSize) + kBase64UrlSlack> bytes_;
  std::size_t size_;
  bool ok_;
};

struct JwtVerifier::Impl {
  Impl(JwtPolicy p, VerifierKeys k, const Clock* c);

  /// As the verifier's own; writes to `basis` unless it is null.
  Result<VerifiedJwt> Verify(std::string_view token, JwtBasis* basis) const;

  Result<OpenedHeader> Open(std::string_view encoded,
                            const JwkSnapshot*& snapshot) const;
  Result<VerifiedJwt> ReadClaims(const DecodedPayload& payload,
                                 const OpenedHeader& header, WallTime now,
                                 JwtBasis* basis) const;
  Result<VerifiedJwt> CheckClaims(std::string_view payload,
                                  const TokenClaims& claims,
                                  const OpenedHeader& header, WallTime now,
                                  JwtBasis* basis) const;
  bool AllowsType(const std::optional<std::string>& normal_type) const;

  const std::uint64_t id;  // unique in this process
  const JwtPolicy policy;  // types in their normal form
  const VerifierKeys keys;
  const Clock* const clock;
};

}  // namespace clone_auth
