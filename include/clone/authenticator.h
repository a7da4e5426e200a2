#pragma once

// From the headers of a request to who is asking. Takes either shape of
// credential, exactly one of them, and says in the terms of RFC 6750 and
// RFC 9110 how to refuse. Borrowed parts must outlive the authenticator; it
// may be shared between threads.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clone/api_key_verifier.h"
#include "clone/clock.h"
#include "clone/foreign_credentials.h"
#include "clone/http.h"
#include "clone/jwt.h"
#include "clone/jwt_cache.h"
#include "clone/result.h"
#include "clone/uuid.h"

namespace clone_auth {

enum class CredentialKind : std::uint8_t { kBearer, kApiKey };

/// What decides, on every request, whether access that was once granted still
/// stands. Called by many threads at once, on cached paths too.
class AccessState {
 public:
  virtual ~AccessState() = default;

  /// Ok while the session is open and the subject's generation is `generation`
  /// and the account enabled. Errors: token_revoked, account_disabled,
  /// store_unavailable.
  virtual Status CheckToken(const Uuid& subject, const Uuid& session,
                            std::int64_t generation) const = 0;

  /// Ok while the key's owner may act in the key's organization. Errors:
  /// account_disabled, store_unavailable.
  virtual Status CheckKey(const VerifiedApiKey& key) const = 0;

  /// For a token that was exchanged for an API key: ok while that key is
  /// neither revoked nor expired, and its owner as in CheckToken() and
  /// CheckKey(). Errors: key_revoked, key_expired, token_revoked,
  /// account_disabled, store_unavailable. The default refuses every one with
  /// token_revoked: who cannot look a key up does not know that it stands.
  virtual Status CheckExchangedToken(const Uuid& subject, const Uuid& key,
                                     std::int64_t generation) const;
};

/// Who is asking. Only an Authenticator makes one.
class Principal {
 public:
  CredentialKind kind() const { return kind_; }
  /// The user; for a key of scope organization the user who issued it.
  const Uuid& subject() const { return subject_; }
  const Uuid& organization() const { return organization_; }
  /// "owner", "admin", "member" or "viewer"; empty where a token names none,
  /// and for whoever acts by an API key, whose rights are its permissions.
  const std::string& role() const { return role_; }
  const std::optional<WallTime>& expires_at() const { return expires_at_; }

  /// A signed-in user's token only: the session (`sid`).
  const Uuid& session() const { return session_; }

  /// True for an API key and for a token that one was exchanged for: neither
  /// has the rights of a person who signed in.
  bool acts_by_key() const {
    return kind_ == CredentialKind::kApiKey || !key_id_.IsNil();
  }
  /// Of whoever acts by an API key: the key, and whom it acts as.
  const Uuid& key_id() const { return key_id_; }
  ApiKeyScope scope() const { return scope_; }

  /// True if the key's permissions, or the token's `scope` (RFC 8693 section
  /// 4.2), hold exactly this name. The verifier's store must still exist.
  bool HasPermission(std::string_view name) const;
  /// Every name that HasPermission() is true for, once, sorted; valid as long
  /// as the principal and the verifier's store are.
  std::vector<std::string_view> Permissions() const;

 private:
  friend class Authenticator;
  Principal() = default;
  CredentialKind kind_ = CredentialKind::kBearer;
  ApiKeyScope scope_ = ApiKeyScope::kUser;
  Uuid subject_;
  Uuid organization_;
  Uuid session_;
  Uuid key_id_;
  std::string role_;
  // Shared, so that a copy of a long one costs no memory.
  std::shared_ptr<const std::string> scope_words_;
  std::optional<WallTime> expires_at_;
  const std::vector<std::string>* permissions_ = nullptr;
};

struct AuthenticatorOptions {
  ApiKeyScheme scheme;
  /// For the challenge (RFC 9110 section 11.5).
  std::string realm = "api";
  /// Either may be null: that shape is then refused as unknown. The verifier
  /// of keys must be of the same scheme.
  const JwtVerifier* tokens = nullptr;
  const ApiKeyVerifier* keys = nullptr;
  /// Required.
  const AccessState* access = nullptr;
  /// Set: tokens are remembered, so that their signatures are checked once for
  /// each thread. The access state is asked every time.
  std::optional<JwtCacheOptions> token_cache;
  /// Keys of other systems that are taken besides; by default none.
  ForeignKeyShapes foreign_keys;
  /// May be null: no tokens of a former issuer are taken.
  const ForeignTokens* foreign_tokens = nullptr;
};

class Authenticator {
 public:
  /// Errors: scheme_invalid, invalid_argument (no verifier, no access state,
  /// a verifier of another scheme, a realm beyond printable ASCII, a foreign
  /// scheme that is no token or one of ours, an empty prefix, a cache beyond
  /// its bounds or without a verifier of tokens), random_unavailable.
  static Result<Authenticator> Create(AuthenticatorOptions options);

  /// Takes exactly one of: the scheme's key header, or `Authorization` with
  /// the scheme Bearer (any case, one blank), which may carry a key as well.
  /// Counted as credentials are these and DPoP, which is not supported; an
  /// `Authorization` of any other scheme is passed over. A token needs `sub`
  /// and `sid` (UUIDs) and `gen` (an integer); `org` (a UUID), `role` and
  /// `scope` may be absent. A token that was exchanged for an API key has
  /// `key_scope` ("user" or "org"), no `role`, and the key's id as its `sid`.
  /// Errors: credential_missing, multiple_credentials, credential_malformed,
  /// token_claim, and whatever the verifiers and the access state say.
  Result<Principal> Authenticate(const HttpHeaders& headers) const;

  /// The text of the key that these headers present, good or not; empty where
  /// they present anything else.
  std::string_view KeyIn(const HttpHeaders& headers) const;

  /// How to answer a refusal: 400 for multiple_credentials, 401 for what
  /// could not be authenticated, 403 for permission_denied, 503 for whatever
  /// kept it from being decided.
  static int HttpStatusOf(const Status& refusal);

  /// The value of WWW-Authenticate for a 400, 401 or 403 of this refusal
  /// (RFC 6750 section 3); empty for any other. It is `Bearer realm="api"`
  /// where no credential came, and says `error` and `error_description` where
  /// one was refused. Refused keys get the same challenge: no scheme is
  /// registered for them, Bearer takes them too, and a client that knows two
  /// shapes learns from the reason word in the body which one failed.
  std::string ChallengeFor(const Status& refusal) const;

 private:
  struct TokenHolder;
  struct Cache;
  struct Reading;

  explicit Authenticator(AuthenticatorOptions options)
      : options_(std::move(options)) {}

  Result<Reading> Read(const HttpHeaders& headers) const;
  bool IsForeignKey(std::string_view text) const;
  Result<Principal> AuthenticateKey(const Reading& reading) const;
  Result<Principal> AuthenticateToken(std::string_view text) const;
  Result<Principal> VerifyToken(std::string_view text) const;
  Result<Principal> AskForeign(std::string_view text) const;
  Status CheckAccess(const Principal& principal, std::int64_t generation) const;
  static Result<TokenHolder> ReadHolder(const VerifiedJwt& token);

  AuthenticatorOptions options_;
  std::shared_ptr<const Cache> cache_;
};

}  // namespace clone_auth
