#include "clone/discovery.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/macros.h"
#include "base/url.h"
#include "base/words.h"
#include "clone/bearer_challenge.h"
#include "credential/token_answer.h"
#include "http/freshness.h"
#include "jwt/issuer_metadata.h"
#include "oauth/discovery_documents.h"
#include "oauth/flow_state.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;

constexpr seconds kDefaultLifetime{600};
constexpr seconds kLeastLifetime{60};
constexpr seconds kMostLifetime{86'400};
constexpr std::string_view kOfflineAccess = "offline_access";

HttpRequest RequestFor(const std::string& url) {
  HttpRequest request;
  request.target = url;
  request.headers = {{"Accept", "application/json"}};
  return request;
}

Status CheckSecure(const std::string& text) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const Url url, ParseUrl(text));
  return RequireSecure(url);
}

// What an answer says of the place that was asked.
enum class Place : std::uint8_t {
  kHere,     ///< a document
  kNotHere,  ///< look elsewhere
  kOutage,   ///< nobody knows, so nothing else may be believed either
};

// A gateway's 502 says that there is nothing behind it as often as that it is
// down; a redirect leads where nobody asked for.
Place PlaceOf(int status) {
  if (status == 200) return Place::kHere;
  if (status == 502 || status < 400 || !PassingReason(status)) {
    return Place::kNotHere;
  }
  return Place::kOutage;
}

Status StatusOf(Reason reason, int http_status) {
  return Status(reason, "discovery was answered with status " +
                            std::to_string(http_status) + ": " +
                            std::string(Describe(reason).text))
      .WithHttpStatus(http_status);
}

}  // namespace

struct Discovery::Impl {
  // What is looked for at `urls`, and what becomes of it.
  using Reader = Status (Impl::*)(const HttpResponse&, WallTime now);

  void LookFor(Reader what, std::vector<std::string> where) {
    reader = what;
    urls = std::move(where);
    next = 0;
    fault = Status(Reason::kNotFound, "there is nothing at " + urls.back());
  }
  void LookForServer(std::string named) {
    issuer = std::move(named);
    LookFor(&Impl::ReadServer, ServerMetadataUrls(issuer));
  }

  Status Begin();
  Status ReadCloud(const HttpResponse& response, WallTime now);
  Status ReadResource(const HttpResponse& response, WallTime now);
  Status ReadServer(const HttpResponse& response, WallTime now);
  std::string ScopeToAskFor() const;
  void Receive(const HttpResponse& response, WallTime now);
  void TryNext(Status why);

  DiscoveryOptions options;
  FlowState<Discovered> state;
  Discovered found;
  std::string issuer;
  bool grants_too_little = false;  // the token that the resource answered

  Reader reader = nullptr;
  std::vector<std::string> urls;
  std::size_t next = 0;
  Status fault;  // of where something was found that is not what it should be
};

// Where to look first.
Status Discovery::Impl::Begin() {
  if (!options.issuer.empty()) {
    CLONE_AUTH_RETURN_IF_ERROR(CheckIssuer(options.issuer));
    LookForServer(options.issuer);
    return Status();
  }
  if (!options.cloud_url.empty()) {
    CLONE_AUTH_RETURN_IF_ERROR(CheckSecure(options.cloud_url));
    LookFor(&Impl::ReadCloud, {CloudSignInUrl(options.cloud_url)});
    return Status();
  }
  const std::string& resource = options.resource_url;
  CLONE_AUTH_RETURN_IF_ERROR(CheckSecure(resource));
  BearerChallenge challenge = ReadBearerChallenge(options.challenge);
  const std::string& named = challenge.resource_metadata;
  if (!named.empty()) {
    CLONE_AUTH_RETURN_IF_ERROR(CheckNamedUrl(named, resource));
  }
  LookFor(&Impl::ReadResource, ResourceMetadataUrls(resource, named));
  found.scope = std::move(challenge.scope);
  grants_too_little = challenge.error == "insufficient_scope";
  return Status();
}

Status Discovery::Impl::ReadCloud(const HttpResponse& response,
                                  WallTime /*now*/) {
  CLONE_AUTH_ASSIGN_OR_RETURN(
      CloudSignIn config, ReadCloudSignIn(response.body, options.cloud_url));
  found.client_id = std::move(config.client_id);
  found.scope = std::move(config.scope);
  LookForServer(std::move(config.issuer));
  return Status();
}

Status Discovery::Impl::ReadResource(const HttpResponse& response,
                                     WallTime /*now*/) {
  CLONE_AUTH_ASSIGN_OR_RETURN(
      ResourceMetadata metadata,
      ReadResourceMetadata(response.body, options.resource_url));
  found.resource = std::move(metadata.resource);
  if (found.scope.empty()) found.scope = std::move(metadata.scope);
  // Asked for once more, it would not be granted either.
  const auto is_new = [this](std::string_view word) {
    return !HasWord(options.asked_scope, word);
  };
  if (grants_too_little && !AnyWord(found.scope, is_new)) {
    return Status(Reason::kPermissionDenied,
                  "all that the resource names was asked for already, and what "
                  "was granted is too little");
  }
  LookForServer(std::move(metadata.issuer));
  return Status();
}

std::string Discovery::Impl::ScopeToAskFor() const {
  std::string scope = options.asked_scope;
  AddWords(found.scope, scope);
  const auto& known = found.server.scopes_supported;
  // Alone it would take the place of what the server grants by default.
  if (options.offline_access && !scope.empty() &&
      std::find(known.begin(), known.end(), kOfflineAccess) != known.end()) {
    AddWords(kOfflineAccess, scope);
  }
  return scope;
}

Status Discovery::Impl::ReadServer(const HttpResponse& response, WallTime now) {
  CLONE_AUTH_ASSIGN_OR_RETURN(found.server,
                              ParseAuthServerMetadata(response.body, issuer));
  found.scope = ScopeToAskFor();
  const seconds lifetime =
      FreshnessLifetime(response.headers, now).value_or(kDefaultLifetime);
  found.fresh_until = now + std::clamp(lifetime, kLeastLifetime, kMostLifetime);
  state.Succeed(std::move(found));
  return Status();
}

void Discovery::Impl::Receive(const HttpResponse& response, WallTime now) {
  const int status = response.status;
  const auto passing = PassingReason(status);
  switch (PlaceOf(status)) {
    case Place::kOutage:
      return state.Fail(StatusOf(*passing, status));
    case Place::kNotHere:
      return TryNext(passing ? StatusOf(*passing, status) : Status());
    case Place::kHere:
      break;
  }
  Status read = (this->*reader)(response, now);
  if (read.ok()) return;
  // Web servers answer what they do not know with a page and 200.
  if (read.reason() == Reason::kAnswerMalformed) return TryNext(read);
  state.Fail(std::move(read));
}

// `why` is ok where there is nothing. Anything that is there says more than
// that nothing is.
void Discovery::Impl::TryNext(Status why) {
  if (!why.ok() && fault.reason() == Reason::kNotFound) fault = std::move(why);
  if (++next == urls.size()) state.Fail(fault);
}

Result<Discovery> Discovery::Create(DiscoveryOptions options) {
  const std::array<const std::string*, 3> urls = {
      &options.cloud_url, &options.issuer, &options.resource_url};
  const auto given =
      std::count_if(urls.begin(), urls.end(),
                    [](const std::string* url) { return !url->empty(); });
  if (given != 1) {
    return Status(Reason::kInvalidArgument,
                  "discovery begins with a cloud, an issuer or a resource");
  }
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  CLONE_AUTH_RETURN_IF_ERROR(impl->Begin());
  return Discovery(std::move(impl));
}

Discovery::Discovery(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Discovery::Discovery(Discovery&&) noexcept = default;
Discovery& Discovery::operator=(Discovery&&) noexcept = default;
Discovery::~Discovery() = default;

OAuthFlow::Step Discovery::Poll(WallTime /*now*/) {
  if (const auto idle = impl_->state.Idle()) return *idle;
  return impl_->state.Send(RequestFor(impl_->urls[impl_->next]));
}

void Discovery::Complete(const Result<HttpResponse>& outcome, WallTime now) {
  if (!impl_->state.Receive()) return;
  if (outcome.ok()) {
    impl_->Receive(*outcome, now);
  } else {
    impl_->state.Fail(outcome.status());
  }
}

void Discovery::Abandon(Status why) { impl_->state.Fail(std::move(why)); }

Result<Discovered> Discovery::Take() { return impl_->state.Take(); }

}  // namespace clone_auth
