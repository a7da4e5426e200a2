#include "clone/jwk_fetcher.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/chance.h"
#include "base/http_date.h"
#include "base/macros.h"
#include "base/url.h"
#include "jwt/issuer_metadata.h"
#include "jwt/jwk_schedule.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;

// Whoever asks while an answer is awaited asks again this soon.
constexpr seconds kPollAgain{1};
constexpr seconds kLostAfter{60};
constexpr seconds kLongest{30 * 24 * 3600};
constexpr seconds kLongestCooldown{3600};
constexpr std::size_t kMaxEtag = 1024;

Status Invalid(std::string message) {
  return Status(Reason::kInvalidArgument, std::move(message));
}

Status CheckOptions(const JwkFetchOptions& options) {
  if (options.issuer.empty() == options.jwks_uri.empty()) {
    return Invalid("a remote key set has either an issuer or a URL");
  }
  if (options.min_lifetime < seconds(1) ||
      options.max_lifetime < options.min_lifetime ||
      options.max_lifetime > kLongest) {
    return Invalid("the lifetime of a key set is from 1 s to 30 days");
  }
  if (options.max_stale < seconds(0) || options.max_stale > kLongest) {
    return Invalid("old keys serve from 0 to 30 days");
  }
  if (options.unknown_key_cooldown < seconds(1) ||
      options.unknown_key_cooldown > kLongestCooldown) {
    return Invalid("the cooldown for unknown keys is from 1 s to 1 h");
  }
  if (!options.issuer.empty()) return CheckIssuer(options.issuer);
  CLONE_AUTH_ASSIGN_OR_RETURN(const Url url, ParseUrl(options.jwks_uri));
  return RequireSecure(url);
}

Status Unexpected(int status) {
  const bool is_redirect = status >= 300 && status < 400 && status != 304;
  const Reason reason = status >= 500 ? Reason::kServerError
                        : is_redirect ? Reason::kRedirectRefused
                                      : Reason::kAnswerMalformed;
  return Status(reason, "answered with status " + std::to_string(status));
}

// A client error says that nothing is there; a server error says nothing.
bool IsAbsent(int status) {
  return status >= 300 && status < 500 && status != 408 && status != 429;
}

}  // namespace

struct JwkFetcher::Impl {
  enum class Stage { kIdle, kMetadata, kKeys };

  Impl(JwkFetchOptions o, RandomSource* r)
      : options(std::move(o)), random(r), keys_url(options.jwks_uri) {
    if (!options.issuer.empty()) metadata_urls = MetadataUrls(options.issuer);
  }

  bool ServesAt(WallTime now) const { return keys && now < times.stale_at; }
  Send Begin(WallTime now);
  Send NextRequest(WallTime now);
  Step Await(WallTime now) const;
  void TakeMetadata(const HttpResponse& response, WallTime now);
  void TakeKeys(const HttpResponse& response, WallTime now);
  Status Install(const std::string& body);
  void Succeed(const HttpHeaders& headers, WallTime now);
  void Fail(Status why, const HttpHeaders* headers, WallTime now);

  const JwkFetchOptions options;
  RandomSource* const random;
  std::vector<std::string> metadata_urls;  // empty where no issuer is asked

  std::optional<JwkSet> keys;
  std::string published;  // `keys` as JSON, to tell whether others came
  std::string etag;       // of the answer that brought them
  std::string etag_url;
  std::uint64_t generation = 0;

  JwkTimes times;
  Stage stage = Stage::kIdle;
  std::size_t candidate = 0;  // of the metadata's URLs
  std::string keys_url;       // empty while it is to be discovered
  bool in_flight = false;
  std::uint64_t attempt = 0;
  int failures = 0;
  Status last_error;
};

JwkFetcher::Send JwkFetcher::Impl::Begin(WallTime now) {
  if (!metadata_urls.empty() && now >= times.rediscover_at) keys_url.clear();
  stage = keys_url.empty() ? Stage::kMetadata : Stage::kKeys;
  candidate = 0;
  return NextRequest(now);
}

JwkFetcher::Send JwkFetcher::Impl::NextRequest(WallTime now) {
  in_flight = true;
  times.lost_at = now + kLostAfter;
  HttpRequest request;
  request.headers = {{"Accept", "application/json"}};
  if (stage == Stage::kMetadata) {
    request.target = metadata_urls[candidate];
  } else {
    request.target = keys_url;
    if (keys && !etag.empty() && etag_url == keys_url) {
      request.headers.Add("If-None-Match", etag);
    }
  }
  return Send{std::move(request), ++attempt};
}

JwkFetcher::Step JwkFetcher::Impl::Await(WallTime now) const {
  const WallTime again = now + kPollAgain;
  if (!ServesAt(now)) return WaitUntil{again};
  return Ready{std::min(again, times.stale_at)};
}

void JwkFetcher::Impl::TakeMetadata(const HttpResponse& response,
                                    WallTime now) {
  if (IsAbsent(response.status) && candidate + 1 < metadata_urls.size()) {
    ++candidate;
    return;
  }
  if (response.status != 200) {
    return Fail(Unexpected(response.status), &response.headers, now);
  }
  auto uri = ReadJwksUri(response.body, options.issuer);
  if (!uri.ok()) return Fail(uri.status(), nullptr, now);
  keys_url = *std::move(uri);
  times.rediscover_at = now + options.max_lifetime;
  stage = Stage::kKeys;
}

// What the answer is called does not matter: text that is strictly a key set
// is one.
Status JwkFetcher::Impl::Install(const std::string& body) {
  CLONE_AUTH_ASSIGN_OR_RETURN(JwkSet set,
                              JwkSet::Parse(body, JwkTrust::kRemote));
  if (set.size() == 0) {
    return Status(Reason::kAnswerMalformed, "the set has no key that serves");
  }
  std::string text = set.ToPublicJson();
  if (keys && text == published) return Status();
  keys = std::move(set);
  published = std::move(text);
  ++generation;
  return Status();
}

void JwkFetcher::Impl::TakeKeys(const HttpResponse& response, WallTime now) {
  const bool is_unchanged =
      response.status == 304 && keys && !etag.empty() && etag_url == keys_url;
  if (!is_unchanged) {
    if (response.status != 200) {
      return Fail(Unexpected(response.status), &response.headers, now);
    }
    Status installed = Install(response.body);
    if (!installed.ok()) return Fail(std::move(installed), nullptr, now);
    const std::string* const tag = response.headers.Find("ETag");
    etag = tag != nullptr && tag->size() <= kMaxEtag ? *tag : std::string();
    etag_url = keys_url;
  }
  Succeed(response.headers, now);
}

void JwkFetcher::Impl::Succeed(const HttpHeaders& headers, WallTime now) {
  const seconds lifetime =
      JwkLifetime(headers, now, options.min_lifetime, options.max_lifetime);
  times.refresh_at = now + JwkRefreshPoint(lifetime, DrawChance(*random));
  times.stale_at = now + lifetime + options.max_stale;
  times.not_before = now;
  stage = Stage::kIdle;
  failures = 0;
  last_error = Status();
}

void JwkFetcher::Impl::Fail(Status why, const HttpHeaders* headers,
                            WallTime now) {
  const std::string* const text =
      headers != nullptr ? headers->Find("Retry-After") : nullptr;
  const auto asked =
      text != nullptr ? ParseRetryAfter(*text, now) : std::nullopt;
  times.not_before = now + JwkBackoff(++failures, asked, DrawChance(*random));
  // Whatever it was that was asked for, it is asked for again.
  times.refresh_at = std::min(times.refresh_at, now);
  // What the issuer said of the place may be what is wrong.
  times.rediscover_at = now;
  stage = Stage::kIdle;
  last_error = std::move(why);
}

Result<JwkFetcher> JwkFetcher::Create(JwkFetchOptions options,
                                      RandomSource* random) {
  CLONE_AUTH_RETURN_IF_ERROR(CheckOptions(options));
  if (random == nullptr) return Invalid("the fetcher has no random source");
  return JwkFetcher(std::make_unique<Impl>(std::move(options), random));
}

JwkFetcher::JwkFetcher(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JwkFetcher::JwkFetcher(JwkFetcher&&) noexcept = default;
JwkFetcher& JwkFetcher::operator=(JwkFetcher&&) noexcept = default;
JwkFetcher::~JwkFetcher() = default;

JwkFetcher::Step JwkFetcher::Poll(WallTime now, seconds patience) {
  JwkTimes& times = impl_->times;
  times.Observe(now);
  if (impl_->in_flight) {
    if (now < times.lost_at) return impl_->Await(now);
    impl_->in_flight = false;
    impl_->Fail(Status(Reason::kTimeout), nullptr, now);
  }
  if (impl_->stage != Impl::Stage::kIdle) return impl_->NextRequest(now);
  const WallTime due = std::max(times.refresh_at, times.not_before);
  if (impl_->ServesAt(now)) {
    if (now < due + patience) {
      return Ready{std::min<WallTime>(due + patience, times.stale_at)};
    }
  } else if (now < times.not_before) {
    return WaitUntil{times.not_before};
  }
  return impl_->Begin(now);
}

JwkFetcher::Step JwkFetcher::Renew(WallTime now) {
  JwkTimes& times = impl_->times;
  times.Observe(now);
  if (impl_->in_flight || impl_->stage != Impl::Stage::kIdle ||
      !impl_->ServesAt(now)) {
    return Poll(now);
  }
  if (now < times.not_before) return WaitUntil{times.not_before};
  if (now < times.renew_from) {
    return Ready{std::min(times.renew_from, times.stale_at)};
  }
  times.renew_from = now + impl_->options.unknown_key_cooldown;
  return impl_->Begin(now);
}

void JwkFetcher::Complete(std::uint64_t attempt,
                          const Result<HttpResponse>& outcome, WallTime now) {
  if (!impl_->in_flight || attempt != impl_->attempt) return;
  impl_->in_flight = false;
  impl_->times.Observe(now);
  if (!outcome.ok()) return impl_->Fail(outcome.status(), nullptr, now);
  if (outcome->body.size() > kJwkMaxAnswer) {
    return impl_->Fail(Status(Reason::kAnswerTooLarge), nullptr, now);
  }
  if (impl_->stage == Impl::Stage::kMetadata) {
    impl_->TakeMetadata(*outcome, now);
  } else {
    impl_->TakeKeys(*outcome, now);
  }
}

bool JwkFetcher::is_waiting() const { return impl_->in_flight; }

const JwkSet* JwkFetcher::KeysAt(WallTime now) const {
  return impl_->ServesAt(now) ? &*impl_->keys : nullptr;
}

std::uint64_t JwkFetcher::generation() const { return impl_->generation; }

const Status& JwkFetcher::last_error() const { return impl_->last_error; }

}  // namespace clone_auth
