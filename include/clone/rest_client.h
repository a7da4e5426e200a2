#pragma once

// A thin client of the REST service: one typed call for each endpoint, and
// Send() for any other path. Attaches the credential, renews it once on a 401,
// repeats what is safe to repeat. May be shared between threads.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clone/clock.h"
#include "clone/credential_source.h"
#include "clone/diagnosis.h"
#include "clone/http.h"
#include "clone/random.h"
#include "clone/result.h"
#include "clone/secret.h"
#include "clone/token_session.h"

namespace clone_auth {

struct Organization {
  std::string id;
  std::string name;
};

struct User {
  std::string id;  ///< a number is given as its digits
  std::string email;
  std::optional<Organization> organization;
  std::string role;  ///< empty where the server tells none
};

struct SignupRequest {
  std::string email;
  Secret password;
  std::string invite_code;  ///< empty: none is sent
};

struct Account {
  std::string id;
  std::string email;
  std::string created_at;  ///< RFC 3339; empty where the server tells none
};

struct SignedIn {
  SessionTokens tokens;
  std::optional<User> user;
};

struct ApiKeyInfo {
  std::string id;
  std::string label;
  std::string prefix;
  std::string created_at;
  std::string last_used_at;  ///< empty: never
  std::string expires_at;    ///< empty: never
  std::string revoked_at;    ///< empty: not revoked
  std::string scope;
  std::vector<std::string> permissions;
  bool expires_soon = false;
  std::string rolled_from;  ///< id of the key that this one takes over from
  std::string rolled_to;    ///< id of the key that takes over; empty: none
};

struct IssuedApiKey {
  ApiKeyInfo info;
  Secret key;  ///< shown this once
};

struct IssueKeyRequest {
  std::string label;
  std::optional<WallTime> expires_at;
  std::string scope;  ///< "user" or "org"; empty: the server's default
  std::vector<std::string> permissions;
};

struct ApiKeyPage {
  std::int64_t count = 0;
  std::string next;  ///< URL; empty on the last page
  std::string previous;
  std::vector<ApiKeyInfo> results;
};

/// One row of the audit trail.
struct AuditEntry {
  std::int64_t sequence = 0;
  std::string time;  ///< RFC 3339
  std::string action;
  std::string key;  ///< id; empty where it is about none
  std::string actor;
  std::string address;
  std::string detail;
};

struct AuditPage {
  std::int64_t count = 0;
  std::string next;                 ///< URL; empty on the last page
  std::vector<AuditEntry> results;  ///< newest first
};

/// When a request is sent again. Where nothing went out (unreachable), or the
/// server put it off with 429 or 503 and Retry-After: always. After another
/// 429, 502, 503 or 504 or a lost connection: if its method is idempotent
/// (RFC 9110 section 9.2.2) or it has an Idempotency-Key. A refresh without
/// one: never.
struct RetryPolicy {
  int max_attempts = 3;  ///< the first one included
  /// Doubles with each wait; up to half of it is drawn.
  std::chrono::milliseconds first_wait{500};
  /// The longest wait; a Retry-After beyond it ends the call.
  std::chrono::milliseconds max_wait{8'000};
};

struct RestClientOptions {
  /// Such as "https://api.clone.is".
  std::string base_url;
  /// Null: calls go without a credential.
  std::shared_ptr<CredentialSource> credentials;
  std::shared_ptr<HttpTransport> transport;  ///< null: libcurl
  const Clock* clock = nullptr;              ///< null: the system's
  RandomSource* random = nullptr;            ///< null: the system's
  HttpLimits limits;  ///< `total` is for a whole call, with all its attempts
  RetryPolicy retry;
};

class RestClient {
 public:
  /// Errors: url_malformed, insecure_url.
  static Result<std::unique_ptr<RestClient>> Create(RestClientOptions options);
  ~RestClient();

  // Each call's failure carries the diagnosed reason, one sentence, and the
  // HTTP status of the answer where there was one.

  Result<Account> Signup(const SignupRequest& request);
  Result<SignedIn> Login(std::string_view email, const Secret& password);
  Status Logout(const Secret& refresh);
  /// `idempotency_key` lets a lost answer be asked for again; empty: none.
  Result<SessionTokens> Refresh(const Secret& refresh,
                                std::string_view idempotency_key = {});
  Result<User> Me();
  Result<bool> ValidateInvite(std::string_view code);
  Status JoinWaitlist(std::string_view email);
  Result<ApiKeyPage> ListKeys(int page = 1);
  Result<IssuedApiKey> IssueKey(const IssueKeyRequest& request);
  Result<ApiKeyInfo> GetKey(std::string_view id);
  Status RevokeKey(std::string_view id);
  /// Issues a key that takes over from this one, which ends `overlap` after
  /// the new one was first used; empty: as long as the server chooses.
  Result<IssuedApiKey> RollKey(
      std::string_view id,
      std::optional<std::chrono::seconds> overlap = std::nullopt);
  /// Needs no credential: the key itself is what ends it.
  Status RevokeLeakedKey(const Secret& key);
  /// What happened to this key; empty: to every key and the account.
  Result<AuditPage> ListAudit(std::string_view key_id = {}, int page = 1);

  /// Sends any request; `request.target` is a path under the base URL, or a
  /// URL of its origin. Any answer is a value; an error means that there was
  /// none. Errors: foreign_origin, redirect_refused, those of the credential
  /// source and of the transport. It gets the credential like any call, and is
  /// repeated as RetryPolicy says.
  Result<HttpResponse> Send(HttpRequest request);

 private:
  struct Impl;
  explicit RestClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace clone_auth
