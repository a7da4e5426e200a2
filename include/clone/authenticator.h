#pragma once

// From the headers of a request to who is asking. Takes either shape of
// credential, exactly one of them, and says in the terms of RFC 6750 and
// RFC 9110 how to refuse. Borrowed parts must outlive the authenticator; it
// may be shared between threads.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clone/api_key_verifier.h"
#include "clone/clock.h"
#include "clone/http.h"
#include "clone/jwt.h"
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
};

/// Who is asking. Only an Authenticator makes one.
class Principal {
 public:
  CredentialKind kind() const { return kind_; }
  /// The user; for a key of scope organization the user who issued it.
  const Uuid& subject() const { return subject_; }
  const Uuid& organization() const { return organization_; }
  /// "owner", "admin", "member" or "viewer"; empty for an API key, whose
  /// rights are its permissions.
  const std::string& role() const { return role_; }
  const std::optional<WallTime>& expires_at() const { return expires_at_; }

  /// Bearer only: the session (`sid`).
  const Uuid& session() const { return session_; }

  /// API key only.
  const Uuid& key_id() const { return key_id_; }
  ApiKeyScope scope() const { return scope_; }
  bool HasPermission(std::string_view name) const;

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
  std::optional<WallTime> expires_at_;
  const std::vector<std::string>* permissions_ = nullptr;
};

struct AuthenticatorOptions {
  ApiKeyScheme scheme;
  /// For the challenge (RFC 9110 section 11.5).
  std::string realm = "api";
  /// Either may be null: that shape is then refused as unknown.
  const JwtVerifier* tokens = nullptr;
  const ApiKeyVerifier* keys = nullptr;
  /// Required.
  const AccessState* access = nullptr;
};

class Authenticator {
 public:
  /// Errors: scheme_invalid, invalid_argument (no verifier, no access state).
  static Result<Authenticator> Create(AuthenticatorOptions options);

  /// Errors: credential_missing, multiple_credentials, credential_malformed,
  /// and whatever the verifiers and the access state say.
  Result<Principal> Authenticate(const HttpHeaders& headers) const;

  /// How to answer a refusal: 400 for multiple_credentials, 401 for what
  /// could not be authenticated, 403 for permission_denied, 503 for what could
  /// not be decided.
  static int HttpStatusOf(const Status& refusal);

  /// The value of WWW-Authenticate for a 401 or 400 of this refusal (RFC 6750
  /// section 3); empty for any other.
  std::string ChallengeFor(const Status& refusal) const;

 private:
  explicit Authenticator(AuthenticatorOptions options)
      : options_(std::move(options)) {}
  AuthenticatorOptions options_;
};

}  // namespace clone_auth
