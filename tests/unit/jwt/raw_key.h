#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/base64url.h"
#include "jwt/jwk_format.h"

namespace clone_auth::testing {

/// A key that signs any bytes as header and payload, which a JwtSigner would
/// refuse to.
class RawKey {
 public:
  RawKey(JwtAlgorithm algorithm, std::string key_id)
      : row_(Describe(algorithm)),
        key_id_(std::move(key_id)),
        parts_(row_.generate().value()),
        key_(row_.read_private(parts_).value()) {}

  /// The key set to verify with, which holds this key alone.
  std::string Keys() const {
    const std::string jwk =
        row_.symmetric()
            ? std::string(WritePrivateJwk(row_, key_id_, parts_).Reveal())
            : WritePublicJwk(row_, key_id_, parts_, true);
    return "{\"keys\":[" + jwk + "]}";
  }

  /// `input` is both first parts, encoded.
  std::string SignInput(const std::string& input) const {
    return input + "." + Base64UrlEncode(key_->Sign(input).value());
  }

  std::string Sign(std::string_view header, std::string_view payload) const {
    return SignInput(Base64UrlEncode(header) + "." + Base64UrlEncode(payload));
  }

 private:
  const Algorithm& row_;
  std::string key_id_;
  KeyParts parts_;
  std::unique_ptr<const PrivateKey> key_;
};

}  // namespace clone_auth::testing
