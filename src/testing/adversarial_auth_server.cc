#include "clone/testing/adversarial_auth_server.h"

#include <array>
#include <initializer_list>
#include <mutex>
#include <utility>

#include "clone/json.h"
#include "testing/access_tokens.h"
#include "testing/answers.h"
#include "testing/device_grants.h"
#include "testing/fault_plan.h"
#include "testing/http_date.h"
#include "testing/refresh_families.h"
#include "testing/request_view.h"
#include "testing/trouble.h"

namespace clone_auth::testing {
namespace {

constexpr std::string_view kRefreshPath = "/api/auth/token/refresh/";
constexpr std::string_view kMePath = "/api/auth/me/";
constexpr std::string_view kTokenPath = "/token";
constexpr std::string_view kDevicePath = "/device_authorization";
constexpr std::string_view kKeysPath = "/.well-known/jwks.json";
constexpr std::string_view kDiscoveryPath =
    "/.well-known/oauth-authorization-server";
constexpr std::string_view kRefreshGrant = "refresh_token";
constexpr std::string_view kDeviceGrant =
    "urn:ietf:params:oauth:grant-type:device_code";

struct Call {
  const HttpRequest& request;
  std::string path;
  WallTime now{};
  RequestClass kind = RequestClass::kOther;
  Dialect dialect = Dialect::kRest;
  TokenTwist twist = {};
};

void Classify(Call& call) {
  if (call.request.method != "POST") return;
  if (IsPath(call.path, kRefreshPath)) call.kind = RequestClass::kRefresh;
  if (!IsPath(call.path, kTokenPath)) return;
  call.dialect = Dialect::kOAuth;
  const std::string grant = FormField(call.request, "grant_type");
  if (grant == kRefreshGrant) call.kind = RequestClass::kRefresh;
  if (grant == kDeviceGrant) call.kind = RequestClass::kPoll;
}

bool LeadsElsewhere(std::string_view path) {
  return path.substr(0, path.find('/', 1)) == kElsewherePath;
}

Result<HttpResponse> AsTransport(Delivery delivery) {
  if (delivery.is_withheld || delivery.after > std::chrono::seconds(0)) {
    return Status(Reason::kTimeout);
  }
  if (delivery.is_lost || delivery.cut_at) {
    return Status(Reason::kConnectionLost);
  }
  return std::move(delivery.response);
}

}  // namespace

struct AdversarialAuthServer::Impl {
  Impl(AdversarialAuthServerOptions o, std::unique_ptr<AccessTokens> tokens,
       RandomSource& random)
      : options(std::move(o)),
        access(std::move(tokens)),
        families({options.refresh_lifetime, options.grace,
                  options.honours_idempotency},
                 random),
        devices(options.device_lifetime, options.device_interval, random) {}

  Delivery Serve(const HttpRequest& request, WallTime now);
  Delivery ServeWith(const Fault& fault, Call& call);
  HttpResponse Answer(const Call& call);

  HttpResponse Refresh(const Call& call);
  HttpResponse Token(const Call& call);
  HttpResponse Poll(const Call& call);
  HttpResponse Authorize(const Call& call);
  HttpResponse Me(const Call& call);
  HttpResponse Discovery(const Call& call);
  HttpResponse Keys(const Call& call);

  Result<FreshTokens> Begin(std::string subject, WallTime now);
  Result<std::string> Access(RefreshFamilies::Id family,
                             const TokenTwist& twist, WallTime now);
  HttpResponse Give(const Call& call, RefreshFamilies::Id family,
                    bool with_refresh);
  void CountRefusal(const std::string& token, Reason reason);

  const AdversarialAuthServerOptions options;
  mutable std::mutex mutex;
  const std::unique_ptr<AccessTokens> access;
  RefreshFamilies families;
  DeviceGrants devices;
  FaultPlan plan;
  AdversarialCounts counts;
};

Delivery AdversarialAuthServer::Impl::Serve(const HttpRequest& request,
                                            WallTime now) {
  Call call{request, PathOf(request.target), now};
  ++counts.requests[call.path];
  Classify(call);
  if (call.kind != RequestClass::kOther) ++counts.exchanges;
  if (LeadsElsewhere(call.path)) ++counts.redirects_followed;
  if (const auto fault = plan.Take(call.kind, call.path)) {
    return ServeWith(*fault, call);
  }
  Delivery delivery;
  delivery.response = Answer(call);
  delivery.response.headers.Add("Date", HttpDate(now));
  return delivery;
}

Delivery AdversarialAuthServer::Impl::ServeWith(const Fault& fault,
                                                Call& call) {
  const FaultInfo& info = Describe(fault.kind);
  const Trouble& trouble = TroubleOf(fault.kind);
  const std::int64_t value = fault.value.value_or(info.fallback);
  ++counts.faults[std::string(info.name)];
  if (trouble.twist != nullptr) call.twist.*trouble.twist = true;
  Delivery delivery;
  delivery.response =
      trouble.instead == nullptr
          ? Answer(call)
          : trouble.instead({call.dialect, options.elsewhere, call.path},
                            value);
  delivery.response.headers.Add("Date", HttpDate(call.now));
  if (trouble.deliver != nullptr) trouble.deliver(delivery, value, call.now);
  return delivery;
}

HttpResponse AdversarialAuthServer::Impl::Answer(const Call& call) {
  struct Route {
    std::string_view method;
    std::string_view path;
    HttpResponse (Impl::*answer)(const Call&);
  };
  static constexpr std::array kRoutes = {
      Route{"POST", kRefreshPath, &Impl::Refresh},
      Route{"POST", kTokenPath, &Impl::Token},
      Route{"POST", kDevicePath, &Impl::Authorize},
      Route{"GET", kMePath, &Impl::Me},
      Route{"GET", kDiscoveryPath, &Impl::Discovery},
      Route{"GET", kKeysPath, &Impl::Keys},
  };
  for (const Route& route : kRoutes) {
    if (!IsPath(call.path, route.path)) continue;
    if (call.request.method == route.method) return (this->*route.answer)(call);
    return RestRefusal(405, Reason::kMethodNotAllowed);
  }
  return RestRefusal(404, Reason::kNotFound);
}

HttpResponse AdversarialAuthServer::Impl::Refresh(const Call& call) {
  const std::string token = call.dialect == Dialect::kRest
                                ? JsonField(call.request, "refresh")
                                : FormField(call.request, "refresh_token");
  const std::string* attempt = call.request.headers.Find("Idempotency-Key");
  const bool keeps = call.twist.keeps_refresh;
  const auto presented = families.Present(
      token, attempt == nullptr ? "" : *attempt, keeps, call.now);
  if (!presented.ok()) {
    CountRefusal(token, presented.status().reason());
    return RefreshRefusal(call.dialect, presented.status().reason());
  }
  if (presented->is_repeat) {
    ++counts.repeats;
  } else if (!keeps) {
    ++counts.rotations;
  }
  // Whoever repeats an attempt has not seen the successor that there is.
  return Give(call, presented->family, presented->is_repeat || !keeps);
}

void AdversarialAuthServer::Impl::CountRefusal(const std::string& token,
                                               Reason reason) {
  if (families.IsSpent(token)) ++counts.reuse_detected;
  if (reason == Reason::kRefreshReused) ++counts.families_lost;
}

// The answer with the tokens that `family` goes on with.
HttpResponse AdversarialAuthServer::Impl::Give(const Call& call,
                                               RefreshFamilies::Id family,
                                               bool with_refresh) {
  const auto token = Access(family, call.twist, call.now);
  if (!token.ok()) return RestRefusal(500, token.status().reason());
  TokenAnswer answer;
  answer.access = *token;
  if (with_refresh) answer.refresh = families.Token(family);
  if (!call.twist.is_expired) answer.lifetime = options.access_lifetime;
  return Tokens(call.dialect, answer);
}

Result<std::string> AdversarialAuthServer::Impl::Access(RefreshFamilies::Id id,
                                                        const TokenTwist& twist,
                                                        WallTime now) {
  RefreshFamily& family = families.at(id);
  if (twist.is_same_access && !family.last_access.empty()) {
    return family.last_access;
  }
  AccessClaims claims{family.subject, id, options.access_lifetime};
  if (twist.is_foreign) claims.subject = "not-" + claims.subject;
  if (twist.is_expired) claims.lifetime = std::chrono::seconds(0);
  auto token = access->Issue(claims, now);
  if (token.ok()) family.last_access = *token;
  return token;
}

Result<FreshTokens> AdversarialAuthServer::Impl::Begin(std::string subject,
                                                       WallTime now) {
  const auto family = families.Begin(std::move(subject), now);
  if (!family.ok()) return family.status();
  auto token = Access(*family, TokenTwist(), now);
  if (!token.ok()) return std::move(token).status();
  return FreshTokens{std::move(token).value(), families.Token(*family)};
}

HttpResponse AdversarialAuthServer::Impl::Token(const Call& call) {
  if (call.kind == RequestClass::kRefresh) return Refresh(call);
  if (call.kind == RequestClass::kPoll) return Poll(call);
  const bool is_named = !FormField(call.request, "grant_type").empty();
  return OAuthRefusal(is_named ? "unsupported_grant_type" : "invalid_request");
}

HttpResponse AdversarialAuthServer::Impl::Poll(const Call& call) {
  const std::string refusal =
      devices.Poll(FormField(call.request, "device_code"), call.now);
  if (!refusal.empty()) return OAuthRefusal(refusal);
  const auto family = families.Begin(options.subject, call.now);
  if (!family.ok()) return RestRefusal(500, family.status().reason());
  return Give(call, *family, !call.twist.keeps_refresh);
}

HttpResponse AdversarialAuthServer::Impl::Authorize(const Call& call) {
  const auto codes = devices.Begin(call.now);
  if (!codes.ok()) return RestRefusal(500, codes.status().reason());
  const std::string page = options.issuer + "/device";
  JsonWriter json;
  json.BeginObject();
  json.Name("device_code").String(codes->device_code);
  json.Name("user_code").String(codes->user_code);
  json.Name("verification_uri").String(page);
  json.Name("verification_uri_complete")
      .String(page + "?user_code=" + codes->user_code);
  json.Name("expires_in").Int(options.device_lifetime.count());
  json.Name("interval").Int(options.device_interval.count());
  return JsonAnswer(200, json.EndObject().Take());
}

HttpResponse AdversarialAuthServer::Impl::Me(const Call& call) {
  const std::string token = BearerOf(call.request);
  if (token.empty()) return RestRefusal(401, Reason::kCredentialMissing);
  const auto holder = access->Check(token, call.now);
  if (!holder.ok()) return RestRefusal(401, holder.status().reason());
  if (families.at(holder->family).is_ended) {
    return RestRefusal(401, Reason::kTokenRevoked);
  }
  JsonWriter json;
  json.BeginObject().Name("id").String(holder->subject);
  json.Name("email").String(holder->subject + "@example.com");
  return JsonAnswer(200, json.EndObject().Take());
}

HttpResponse AdversarialAuthServer::Impl::Discovery(const Call&) {
  const auto list = [](std::initializer_list<std::string_view> names) {
    JsonValue::Array array;
    for (const std::string_view name : names) {
      array.emplace_back(std::string(name));
    }
    return JsonValue(std::move(array));
  };
  const auto url = [this](std::string_view path) {
    return options.issuer + std::string(path);
  };
  JsonWriter json;
  json.BeginObject().Name("issuer").String(options.issuer);
  json.Name("token_endpoint").String(url(kTokenPath));
  json.Name("device_authorization_endpoint").String(url(kDevicePath));
  json.Name("jwks_uri").String(url(kKeysPath));
  json.Name("grant_types_supported").Value(list({kRefreshGrant, kDeviceGrant}));
  json.Name("response_types_supported").Value(list({}));
  json.Name("token_endpoint_auth_methods_supported").Value(list({"none"}));
  return JsonAnswer(200, json.EndObject().Take());
}

HttpResponse AdversarialAuthServer::Impl::Keys(const Call&) {
  return JsonAnswer(200, access->public_keys());
}

Result<std::unique_ptr<AdversarialAuthServer>> AdversarialAuthServer::Create(
    AdversarialAuthServerOptions options, RandomSource& random) {
  if (options.issuer.empty() || options.audience.empty()) {
    return Status(Reason::kInvalidArgument,
                  "the server needs an issuer and an audience");
  }
  auto tokens = AccessTokens::Create(options.issuer, options.audience);
  if (!tokens.ok()) return std::move(tokens).status();
  auto impl = std::make_unique<Impl>(std::move(options),
                                     std::move(tokens).value(), random);
  return std::unique_ptr<AdversarialAuthServer>(
      new AdversarialAuthServer(std::move(impl)));
}

AdversarialAuthServer::AdversarialAuthServer(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

AdversarialAuthServer::~AdversarialAuthServer() = default;

Result<FreshTokens> AdversarialAuthServer::NewSession(WallTime now,
                                                      std::string subject) {
  const std::lock_guard lock(impl_->mutex);
  if (subject.empty()) subject = impl_->options.subject;
  return impl_->Begin(std::move(subject), now);
}

Status AdversarialAuthServer::Add(Fault fault) {
  if (Status status = CheckFault(fault); !status.ok()) return status;
  const std::lock_guard lock(impl_->mutex);
  impl_->plan.Add(std::move(fault));
  return Status();
}

Status AdversarialAuthServer::Add(std::string_view fault) {
  auto parsed = ParseFault(fault);
  return parsed.ok() ? Add(std::move(parsed).value()) : parsed.status();
}

void AdversarialAuthServer::ClearFaults() {
  const std::lock_guard lock(impl_->mutex);
  impl_->plan.Clear();
}

std::size_t AdversarialAuthServer::pending_faults() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->plan.pending();
}

Result<HttpResponse> AdversarialAuthServer::Handle(const HttpRequest& request,
                                                   WallTime now) {
  return AsTransport(Serve(request, now));
}

Delivery AdversarialAuthServer::Serve(const HttpRequest& request,
                                      WallTime now) {
  const std::lock_guard lock(impl_->mutex);
  return impl_->Serve(request, now);
}

Status AdversarialAuthServer::AnswerDevice(std::string_view user_code,
                                           bool agreed, WallTime now) {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->devices.Answer(user_code, agreed, now)) return Status();
  return Status(Reason::kNotFound, "no device waits with that code");
}

AdversarialCounts AdversarialAuthServer::counts() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->counts;
}

}  // namespace clone_auth::testing
