#pragma once

// JSON Web Keys (RFC 7517): the algorithms that we sign and verify with, one
// private key, and a set of keys to verify with. A key carries exactly one
// algorithm, or without `alg` those of its type, and the key decides, never the
// token. Immutable; may be shared between threads.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "clone/random.h"
#include "clone/result.h"
#include "clone/secret.h"

namespace clone_auth {

/// RFC 7518 section 3.1, RFC 8037 and RFC 9864. kEdDsa is the older name of
/// both that follow it.
enum class JwtAlgorithm : std::uint8_t {
  kHs256,
  kHs384,
  kHs512,
  kRs256,
  kRs384,
  kRs512,
  kPs256,
  kPs384,
  kPs512,
  kEs256,
  kEs384,
  kEs512,
  kEdDsa,
  kEd25519,
  kEd448,
};

/// The name as `alg` has it, such as "ES256", "EdDSA" or "Ed25519".
std::string_view ToString(JwtAlgorithm algorithm);

/// Reads the names above. Error: algorithm_unsupported.
Result<JwtAlgorithm> ParseJwtAlgorithm(std::string_view name);

/// A private or symmetric key to sign with.
class JwtSigningKey {
 public:
  /// A new key; `key_id` is its `kid`, derived from the key (RFC 7638
  /// thumbprint) where empty. Errors: invalid_argument (a `key_id` with NUL or
  /// invalid UTF-8), random_unavailable, internal.
  static Result<JwtSigningKey> Generate(JwtAlgorithm algorithm,
                                        std::string key_id = {});

  /// Reads a private JWK; without `kid` it gets one as a new key does. Errors:
  /// json_malformed, json_duplicate_name, json_limit, key_set_malformed,
  /// key_weak, algorithm_unsupported.
  static Result<JwtSigningKey> FromJwk(const Secret& jwk);

  /// Reads one PEM block (RFC 7468): "PRIVATE KEY" (PKCS#8), "RSA PRIVATE KEY"
  /// or "EC PRIVATE KEY". `key_id` as in Generate(). Limit: 64 KiB. Errors:
  /// pem_malformed (also a public key), key_encrypted, key_weak,
  /// key_set_malformed (a key of another type than `algorithm` takes, or a
  /// broken one), algorithm_unsupported, invalid_argument as in Generate().
  static Result<JwtSigningKey> FromPem(const Secret& pem,
                                       JwtAlgorithm algorithm,
                                       std::string key_id = {});

  /// The same from DER.
  static Result<JwtSigningKey> FromDer(const Secret& der,
                                       JwtAlgorithm algorithm,
                                       std::string key_id = {});

  /// For HMAC: at least as many bytes as the digest has, which is 32 for HS256.
  /// Errors: key_weak, invalid_argument (also of another algorithm).
  static Result<JwtSigningKey> FromSharedSecret(
      Secret secret, std::string key_id,
      JwtAlgorithm algorithm = JwtAlgorithm::kHs256);

  JwtSigningKey(JwtSigningKey&&) noexcept;
  JwtSigningKey& operator=(JwtSigningKey&&) noexcept;
  ~JwtSigningKey();

  JwtAlgorithm algorithm() const;
  const std::string& key_id() const;

  /// The private JWK, to be stored where only the server can read.
  Secret ToJwk() const;

  /// The private key as PKCS#8, unencrypted. Errors: invalid_argument (a
  /// symmetric key has no such form), internal.
  Result<Secret> ToPem() const;

  /// RFC 7638, with SHA-256, as base64url.
  std::string Thumbprint() const;

  /// The public JWK as JSON; empty for a symmetric key, which has none.
  std::string ToPublicJwk() const;

 private:
  friend class JwkSet;
  friend class JwtSigner;
  struct Impl;
  explicit JwtSigningKey(std::shared_ptr<const Impl> impl);
  std::shared_ptr<const Impl> impl_;
};

/// Where a key set came from, which decides what it may hold.
enum class JwkTrust : std::uint8_t {
  kLocal,   ///< ours: may hold symmetric keys
  kRemote,  ///< fetched: symmetric keys in it are refused
};

class JwtPublicKey;

/// Keys to verify with.
class JwkSet {
 public:
  /// Reads a JWK set (RFC 7517 section 5). A key that is broken, weak, unknown
  /// or not for verifying is skipped and counted; a set with two keys of one
  /// `kid` and type is ambiguous. A key without `alg` serves what its type can.
  /// Limits: 256 KiB, 100 keys. Errors: key_set_malformed,
  /// key_set_ambiguous, json_malformed, json_duplicate_name, json_limit.
  static Result<JwkSet> Parse(std::string_view json, JwkTrust trust);

  /// The set of the public (for HMAC: the shared) halves of `keys`. Error:
  /// key_set_ambiguous.
  static Result<JwkSet> Of(const std::vector<const JwtSigningKey*>& keys);

  /// The set of these keys, such as somebody else's that came as PEM. Error:
  /// key_set_ambiguous.
  static Result<JwkSet> OfPublic(const std::vector<JwtPublicKey>& keys);

  JwkSet(const JwkSet&);
  JwkSet& operator=(const JwkSet&);
  JwkSet(JwkSet&&) noexcept;
  JwkSet& operator=(JwkSet&&) noexcept;
  ~JwkSet();

  std::size_t size() const;
  /// How many keys were skipped while reading.
  std::size_t skipped() const;

  /// The public keys as a JWK set, to be published. Symmetric keys are left
  /// out.
  std::string ToPublicJson() const;

 private:
  friend class VerifierKeys;
  struct Impl;
  explicit JwkSet(std::shared_ptr<const Impl> impl);
  std::shared_ptr<const Impl> impl_;
};

}  // namespace clone_auth
