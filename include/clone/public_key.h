#pragma once

// The public half of one key: what a PEM file, a certificate or a JWK of
// somebody else's holds. Immutable; may be shared between threads.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "clone/jwk.h"
#include "clone/result.h"

namespace clone_auth {

class JwtPublicKey {
 public:
  /// Reads a public JWK; private members in it are not looked at. Limit:
  /// 64 KiB. Errors: json_malformed, json_duplicate_name, json_limit,
  /// key_set_malformed, key_weak, algorithm_unsupported (also of a symmetric
  /// key, which has no public half).
  static Result<JwtPublicKey> FromJwk(std::string_view jwk);

  /// Reads one PEM block (RFC 7468): "PUBLIC KEY", "RSA PUBLIC KEY" or
  /// "CERTIFICATE". Of a certificate only the key is taken: that somebody
  /// trusts it, and that it has not expired, is not checked. `key_id` is the
  /// thumbprint where empty. Limit: 64 KiB. Errors: pem_malformed (also a
  /// private key), key_encrypted, key_weak, key_set_malformed (a key of another
  /// type than `algorithm` takes, or a broken one), algorithm_unsupported,
  /// invalid_argument (a `key_id` with NUL or invalid UTF-8).
  static Result<JwtPublicKey> FromPem(std::string_view pem,
                                      JwtAlgorithm algorithm,
                                      std::string key_id = {});

  /// The same from DER.
  static Result<JwtPublicKey> FromDer(std::string_view der,
                                      JwtAlgorithm algorithm,
                                      std::string key_id = {});

  JwtPublicKey(const JwtPublicKey&);
  JwtPublicKey& operator=(const JwtPublicKey&);
  JwtPublicKey(JwtPublicKey&&) noexcept;
  JwtPublicKey& operator=(JwtPublicKey&&) noexcept;
  ~JwtPublicKey();

  /// Empty where the JWK names none; the key then serves what its type can.
  std::optional<JwtAlgorithm> algorithm() const;
  /// Empty where the JWK has none.
  std::string key_id() const;

  /// RFC 7638, with SHA-256, as base64url.
  std::string Thumbprint() const;

  std::string ToJwk() const;

  /// As "PUBLIC KEY". Error: internal.
  Result<std::string> ToPem() const;

 private:
  friend class JwkSet;
  struct Impl;
  explicit JwtPublicKey(std::shared_ptr<const Impl> impl);
  std::shared_ptr<const Impl> impl_;
};

}  // namespace clone_auth
