#include "clone/rest_client.h"

#include <array>
#include <ctime>
#include <utility>

#include "base/macros.h"
#include "base/url.h"
#include "base/wiped_text.h"
#include "clone/json.h"
#include "rest/answers.h"
#include "rest/error_body.h"
#include "rest/exchanger.h"
#include "rest/judge.h"
#include "rest/retry.h"

namespace clone_auth {
namespace {

enum class Call : std::uint8_t {
  kSignup,
  kLogin,
  kLogout,
  kRefresh,
  kMe,
  kValidateInvite,
  kJoinWaitlist,
  kListKeys,
  kIssueKey,
  kGetKey,
  kRevokeKey,
  kRollKey,
  kRevokeLeakedKey,
  kListAudit,
};

struct Endpoint {
  const char* method;
  const char* path;  // a key's own path goes on with its id
  bool needs_credential;
  /// What a 401 means that has none of our own words; kNone: that has to be
  /// diagnosed.
  Reason refusal;
};

// In the order of the enum.
constexpr std::array kEndpoints = {
    Endpoint{"POST", "/api/auth/signup/", false, Reason::kNone},
    Endpoint{"POST", "/api/auth/login/", false, Reason::kInvalidCredentials},
    Endpoint{"POST", "/api/auth/logout/", false, Reason::kRefreshInvalid},
    Endpoint{"POST", "/api/auth/token/refresh/", false,
             Reason::kRefreshInvalid},
    Endpoint{"GET", "/api/auth/me/", true, Reason::kNone},
    Endpoint{"POST", "/api/auth/invite/validate/", false, Reason::kNone},
    Endpoint{"POST", "/api/auth/waitlist/", false, Reason::kNone},
    Endpoint{"GET", "/api/auth/keys/", true, Reason::kNone},
    Endpoint{"POST", "/api/auth/keys/", true, Reason::kNone},
    Endpoint{"GET", "/api/auth/keys/", true, Reason::kNone},
    Endpoint{"DELETE", "/api/auth/keys/", true, Reason::kNone},
    Endpoint{"POST", "/api/auth/keys/", true, Reason::kNone},
    Endpoint{"POST", "/api/auth/keys/revoke-leaked/", false, Reason::kNone},
    Endpoint{"GET", "/api/auth/keys/", true, Reason::kNone},
};

const Endpoint& EndpointOf(Call call) {
  return kEndpoints[static_cast<std::size_t>(call)];
}

bool IsRedirect(int status) {
  return status >= 300 && status < 400 && status != 304;
}

std::string Rfc3339(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, sizeof "2026-01-01T00:00:00Z" + 8> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

// The body of an answer, null where it has none.
struct Answer {
  int status = 0;
  JsonValue body;
};

HttpRequest MakeRequest(const Endpoint& endpoint, std::string_view rest,
                        std::string body) {
  HttpRequest request;
  request.method = endpoint.method;
  request.target = std::string(endpoint.path).append(rest);
  request.headers.Add("Accept", "application/json");
  if (!body.empty()) request.headers.Add("Content-Type", "application/json");
  request.body = std::move(body);
  return request;
}

Status Malformed(const HttpResponse& response, const std::string& what) {
  return Status(Reason::kAnswerMalformed,
                "the answer " + std::to_string(response.status) + what)
      .WithHttpStatus(response.status);
}

Status Refusal(const Endpoint& endpoint, const Exchanged& exchanged,
               const std::vector<std::string_view>& secrets, WallTime now) {
  const HttpResponse& response = exchanged.response;
  if (response.status == 401 && endpoint.refusal != Reason::kNone &&
      !OwnReason(ReadErrorBody(response))) {
    return Status(endpoint.refusal).WithHttpStatus(401);
  }
  const Diagnosis diagnosis =
      DiagnoseHiding(secrets, response, exchanged.sent(), now);
  if (diagnosis.cause == Reason::kNone) {
    return Malformed(response, " is neither a success nor a refusal");
  }
  return diagnosis.ToStatus(response.status);
}

Result<Answer> ParseBody(const HttpResponse& response) {
  if (response.body.empty()) return Answer{response.status, {}};
  if (!MayBeJson(response)) {
    return Malformed(
        response,
        " is " + std::string(MediaTypeForDisplay(response)) + ", not JSON");
  }
  auto body = JsonValue::Parse(response.body);
  if (!body.ok()) return Malformed(response, " is not valid JSON");
  return Answer{response.status, std::move(body).value()};
}

// The value that `read` finds in an answer.
template <typename T>
Result<T> ReadAs(Result<T> (*read)(const JsonValue&),
                 const Result<Answer>& answer) {
  if (!answer.ok()) return answer.status();
  Result<T> value = read(answer->body);
  if (value.ok()) return value;
  return Status(value.status()).WithHttpStatus(answer->status);
}

// One member of an object, which is all that most bodies are.
std::string BodyWith(std::string_view name, std::string_view value) {
  JsonWriter json;
  json.BeginObject().Name(name).String(value).EndObject();
  return json.Take();
}

// The path of one key. A dot segment would name something else.
Result<std::string> KeyPath(std::string_view id) {
  if (id.empty() || id == "." || id == "..") {
    return Status(Reason::kInvalidArgument, "that is no id of a key");
  }
  return EncodeUrlComponent(id) + "/";
}

std::string PageQuery(int page) {
  return page == 1 ? "" : "?page=" + std::to_string(page);
}

}  // namespace

struct RestClient::Impl {
  Exchanger exchanger;

  /// One typed call. `rest` is added to the endpoint's path; `secrets` are
  /// what the body holds of them.
  Result<Answer> Perform(Call call, std::string_view rest, std::string body,
                         const std::vector<std::string_view>& secrets = {},
                         std::string_view idempotency_key = {}) {
    const Endpoint& endpoint = EndpointOf(call);
    HttpRequest request = MakeRequest(endpoint, rest, std::move(body));
    if (!idempotency_key.empty()) {
      request.headers.Add("Idempotency-Key", std::string(idempotency_key));
    }
    // A refresh token is spent by being presented, whoever hears the answer.
    const bool spends = call == Call::kRefresh && idempotency_key.empty();
    const Repeat repeat = spends ? Repeat::kNever : RepeatOf(request);
    CLONE_AUTH_ASSIGN_OR_RETURN(
        Exchanged exchanged,
        exchanger.Send(std::move(request), endpoint.needs_credential, repeat));
    const WipedText wiped(exchanged.response.body);
    const int status = exchanged.response.status;
    if (call == Call::kRevokeKey && status == 404 && exchanged.maybe_taken) {
      return Answer{};  // the attempt before revoked it
    }
    if (status < 200 || status > 299) {
      return Refusal(endpoint, exchanged, secrets, exchanger.clock().Now());
    }
    return ParseBody(exchanged.response);
  }
};

RestClient::RestClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RestClient::~RestClient() = default;

Result<std::unique_ptr<RestClient>> RestClient::Create(
    RestClientOptions options) {
  CLONE_AUTH_ASSIGN_OR_RETURN(Exchanger exchanger,
                              Exchanger::Create(std::move(options)));
  return std::unique_ptr<RestClient>(
      new RestClient(std::make_unique<Impl>(Impl{std::move(exchanger)})));
}

Result<HttpResponse> RestClient::Send(HttpRequest request) {
  const Repeat repeat = RepeatOf(request);
  CLONE_AUTH_ASSIGN_OR_RETURN(
      Exchanged exchanged,
      impl_->exchanger.Send(std::move(request), true, repeat));
  const int status = exchanged.response.status;
  if (IsRedirect(status)) {
    return Status(Reason::kRedirectRefused).WithHttpStatus(status);
  }
  return std::move(exchanged.response);
}

Result<Account> RestClient::Signup(const SignupRequest& request) {
  JsonWriter json;
  json.BeginObject().Name("email").String(request.email);
  json.Name("password").String(request.password.Reveal());
  if (!request.invite_code.empty()) {
    json.Name("invite_code").String(request.invite_code);
  }
  json.EndObject();
  return ReadAs(ReadAccount, impl_->Perform(Call::kSignup, "", json.Take(),
                                            {request.password.Reveal(),
                                             request.invite_code}));
}

Result<SignedIn> RestClient::Login(std::string_view email,
                                   const Secret& password) {
  JsonWriter json;
  json.BeginObject().Name("email").String(email);
  json.Name("password").String(password.Reveal()).EndObject();
  return ReadAs(ReadSignedIn, impl_->Perform(Call::kLogin, "", json.Take(),
                                             {password.Reveal()}));
}

Status RestClient::Logout(const Secret& refresh) {
  return impl_
      ->Perform(Call::kLogout, "", BodyWith("refresh", refresh.Reveal()),
                {refresh.Reveal()})
      .status();
}

Result<SessionTokens> RestClient::Refresh(const Secret& refresh,
                                          std::string_view idempotency_key) {
  return ReadAs(
      ReadTokens,
      impl_->Perform(Call::kRefresh, "", BodyWith("refresh", refresh.Reveal()),
                     {refresh.Reveal()}, idempotency_key));
}

Result<User> RestClient::Me() {
  return ReadAs(ReadUser, impl_->Perform(Call::kMe, "", ""));
}

Result<bool> RestClient::ValidateInvite(std::string_view code) {
  return ReadAs(ReadValidity, impl_->Perform(Call::kValidateInvite, "",
                                             BodyWith("code", code), {code}));
}

Status RestClient::JoinWaitlist(std::string_view email) {
  return impl_->Perform(Call::kJoinWaitlist, "", BodyWith("email", email))
      .status();
}

Result<ApiKeyPage> RestClient::ListKeys(int page) {
  return ReadAs(ReadApiKeyPage,
                impl_->Perform(Call::kListKeys, PageQuery(page), ""));
}

Result<IssuedApiKey> RestClient::IssueKey(const IssueKeyRequest& request) {
  JsonWriter json;
  json.BeginObject().Name("label").String(request.label);
  if (request.expires_at) {
    json.Name("expires_at").String(Rfc3339(*request.expires_at));
  }
  if (!request.scope.empty()) json.Name("scope").String(request.scope);
  if (!request.permissions.empty()) {
    json.Name("permissions").BeginArray();
    for (const std::string& name : request.permissions) json.String(name);
    json.EndArray();
  }
  json.EndObject();
  return ReadAs(ReadIssuedApiKey,
                impl_->Perform(Call::kIssueKey, "", json.Take()));
}

Result<ApiKeyInfo> RestClient::GetKey(std::string_view id) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const std::string path, KeyPath(id));
  return ReadAs(ReadApiKeyInfo, impl_->Perform(Call::kGetKey, path, ""));
}

Status RestClient::RevokeKey(std::string_view id) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const std::string path, KeyPath(id));
  return impl_->Perform(Call::kRevokeKey, path, "").status();
}

Result<IssuedApiKey> RestClient::RollKey(
    std::string_view id, std::optional<std::chrono::seconds> overlap) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const std::string path, KeyPath(id));
  JsonWriter json;
  json.BeginObject();
  if (overlap) json.Name("overlap").Int(overlap->count());
  json.EndObject();
  return ReadAs(ReadIssuedApiKey,
                impl_->Perform(Call::kRollKey, path + "roll/", json.Take()));
}

Status RestClient::RevokeLeakedKey(const Secret& key) {
  return impl_
      ->Perform(Call::kRevokeLeakedKey, "", BodyWith("key", key.Reveal()),
                {key.Reveal()})
      .status();
}

Result<AuditPage> RestClient::ListAudit(std::string_view key_id, int page) {
  std::string path;
  if (!key_id.empty()) {
    CLONE_AUTH_ASSIGN_OR_RETURN(path, KeyPath(key_id));
  }
  path += "audit/" + PageQuery(page);
  return ReadAs(ReadAuditPage, impl_->Perform(Call::kListAudit, path, ""));
}

}  // namespace clone_auth
