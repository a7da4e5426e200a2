#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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
  /// For a token whose key has this id.
  DecodedPayload(std::string_view encoded, std::string_view key_id)
      : size_(Base64UrlDecodedSize(encoded.size())),
        // What had escapes is shorter without them, so it fits in the payload's
        // size once more.
        bytes_(new char[2 * size_ + key_id.size() + kBase64UrlSlack]),
        ok_(Base64UrlDecodeTo(encoded, bytes_.get())) {}

  /// False where the text was malformed; there are no bytes then.
  bool ok() const { return ok_; }
  std::string_view text() const { return {bytes_.get(), size_}; }

  /// The bytes, with the room behind them that a VerifiedJwt needs.
  std::unique_ptr<char[]> Take() { return std::move(bytes_); }

 private:
  std::size_t size_;
  std::unique_ptr<char[]> bytes_;
  bool ok_;
};

struct JwtVerifier::Impl {
  Impl(JwtPolicy p, VerifierKeys k, const Clock* c);

  /// As the verifier's own; writes to `basis` unless it is null.
  Result<VerifiedJwt> Verify(std::string_view token, JwtBasis* basis) const;

  Result<OpenedHeader> Open(std::string_view encoded,
                            const JwkSnapshot*& snapshot) const;
  Result<VerifiedJwt> ReadClaims(DecodedPayload& payload,
                                 const OpenedHeader& header, WallTime now,
                                 JwtBasis* basis) const;
  Result<VerifiedJwt> CheckClaims(DecodedPayload& payload,
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
