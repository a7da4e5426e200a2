#include "service/core.h"

#include <sodium.h>

#include <algorithm>
#include <exception>
#include <future>
#include <thread>
#include <utility>

#include "service/options.h"
#include "service/responses.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

constexpr std::size_t kMaxBody = 1024 * 1024;
constexpr std::chrono::nanoseconds kMaintenanceInterval =
    std::chrono::minutes(1);
// Sessions that have expired are remembered for a while, so that whoever
// comes back with one is told so.
constexpr std::chrono::hours kForgetAfter{24 * 7};

}  // namespace

/// One request on its way through a pool.
struct Core::Pending {
  Match match;
  Call call;
  std::function<void(HttpResponse)> done;
};

Core::Core(ServiceOptions options, std::unique_ptr<Store> store,
           std::unique_ptr<RevocationLog> log)
    : options_(std::move(options)),
      store_(std::move(store)),
      log_(std::move(log)) {
  context_.options = &options_;
  context_.clock = options_.clock != nullptr ? options_.clock : &SystemClock();
  context_.random =
      options_.random != nullptr ? options_.random : &SystemRandom();
  context_.store = store_.get();
}

Result<std::unique_ptr<Core>> Core::Create(ServiceOptions options,
                                           std::unique_ptr<Store> store,
                                           std::unique_ptr<RevocationLog> log,
                                           KeyFile keys,
                                           const PoolSizes& sizes) {
  CLONE_AUTH_TRY(CheckOptions(options));
  std::unique_ptr<Core> core(
      new Core(std::move(options), std::move(store), std::move(log)));
  CLONE_AUTH_TRY(core->Build(std::move(keys), sizes));
  return core;
}

Status Core::Build(KeyFile keys, const PoolSizes& sizes) {
  if (sodium_init() < 0) return Status(Reason::kRandomUnavailable);
  CLONE_AUTH_TRY_ASSIGN(
      passwords_, Passwords::Create(options_.passwords, *context_.random));
  CLONE_AUTH_TRY_ASSIGN(proxies_,
                        TrustedProxies::Create(options_.trusted_proxies));
  CLONE_AUTH_TRY(BuildLimiters());
  context_.key_file = keys.path;
  CLONE_AUTH_TRY(Load(std::move(keys)));
  CLONE_AUTH_TRY(BuildVerifiers());
  context_.directory = directory_.get();
  context_.signing_keys = signing_keys_.get();
  context_.access_tokens = &*access_tokens_;
  context_.refresh_tokens = &*refresh_tokens_;
  context_.legacy_tokens = legacy_tokens_.get();
  context_.refusal_ids = &*refusal_ids_;
  context_.key_verifier = &*key_verifier_;
  context_.authenticator = &*authenticator_;
  context_.authenticator_for_imported = &*authenticator_for_imported_;
  context_.proxies = &*proxies_;
  context_.passwords = &*passwords_;
  context_.limiters = &limiters_;
  next_maintenance_ =
      (context_.clock->SinceBoot() + kMaintenanceInterval).count();
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  store_pool_ =
      std::make_unique<WorkerPool>(sizes.store_threads, sizes.store_waiting);
  password_pool_ = std::make_unique<WorkerPool>(
      sizes.password_threads != 0 ? sizes.password_threads : cores,
      sizes.password_waiting);
  directory_->OnKeyEvents([this] { SaveKeyEventsSoon(); });
  peppers_.emplace(&*key_file_, store_.get(), context_.random,
                   store_pool_.get());
  context_.peppers = &*peppers_;
  peppers_->Resume();
  key_pool_ = std::make_unique<WorkerPool>(1, sizes.keys_waiting);
  key_adoption_.emplace(directory_.get(), limiters_.keys_by_handle.get(),
                        limiters_.keys_by_address.get());
  operations_.emplace(context_, *password_pool_, *store_pool_, *key_pool_);
  // What could not be saved is due again the next time.
  last_uses_.emplace(context_.clock, options_.last_used_interval, [this] {
    (void)directory_->SaveKeyEvents();
    (void)directory_->SaveUses();
  });
  return Status();
}

Status Core::Load(KeyFile keys) {
  store_->UseAuditChain(AuditChain(keys.audit_key.Clone()));
  CLONE_AUTH_TRY_ASSIGN(auto sealer, keys.MakeSealer());
  CLONE_AUTH_TRY(store_->UseSealer(sealer, keys.rows_are_sealed));
  if (!keys.rows_are_sealed) {
    // What is not sealed from now on is somebody else's.
    keys.rows_are_sealed = true;
    keys.is_outdated = true;
  }
  CLONE_AUTH_TRY_ASSIGN(
      directory_, Directory::Load(store_.get(), log_.get(), std::move(sealer),
                                  context_.clock));
  // Copies, since the file is written anew with what it held.
  refresh_tokens_.emplace(keys.refresh_key.Clone());
  refusal_ids_.emplace(keys.refresh_key);
  legacy_tokens_ = std::make_unique<LegacyTokens>(
      directory_.get(), context_.clock, options_.clock_skew);
  if (keys.legacy_key.has_value()) {
    CLONE_AUTH_TRY(legacy_tokens_->Use(*keys.legacy_key));
  }
  key_file_.emplace(std::move(keys));
  return Status();
}

Status Core::BuildVerifiers() {
  CLONE_AUTH_TRY_ASSIGN(
      signing_keys_, SigningKeys::Create(options_, &*key_file_, context_.clock,
                                         context_.random));
  CLONE_AUTH_TRY_ASSIGN(access_tokens_,
                        AccessTokens::Create(options_, signing_keys_.get(),
                                             context_.clock, context_.random));
  CLONE_AUTH_TRY_ASSIGN(
      key_verifier_,
      ApiKeyVerifier::Create(options_.scheme, &directory_->keys(),
                             context_.clock, &directory_->older_keys()));
  return BuildAuthenticators();
}

Status Core::BuildAuthenticators() {
  AuthenticatorOptions options;
  options.scheme = options_.scheme;
  options.tokens = &access_tokens_->verifier();
  options.keys = &*key_verifier_;
  options.access = directory_.get();
  options.token_cache.emplace();
  options.foreign_tokens = legacy_tokens_.get();
  CLONE_AUTH_TRY_ASSIGN(authenticator_, Authenticator::Create(options));
  options.foreign_keys = options_.imported_keys;
  CLONE_AUTH_TRY_ASSIGN(authenticator_for_imported_,
                        Authenticator::Create(std::move(options)));
  return Status();
}

Status Core::BuildLimiters() {
  constexpr std::chrono::minutes kShort{10};
  constexpr std::chrono::hours kLong{1};
  const RateLimits& limits = options_.limits;
  const auto make = [this](int attempts, std::chrono::seconds window) {
    return RateLimiter::Create(attempts, window, context_.clock,
                               *context_.random);
  };
  CLONE_AUTH_TRY_ASSIGN(limiters_.passwords_by_account,
                        make(limits.passwords_per_account, kShort));
  CLONE_AUTH_TRY_ASSIGN(limiters_.passwords_by_address,
                        make(limits.passwords_per_address, kShort));
  CLONE_AUTH_TRY_ASSIGN(limiters_.anonymous,
                        make(limits.anonymous_per_address, kLong));
  CLONE_AUTH_TRY_ASSIGN(limiters_.refreshes,
                        make(limits.refreshes_per_address, kShort));
  CLONE_AUTH_TRY_ASSIGN(limiters_.leaked_keys,
                        make(limits.leaked_keys_per_address, kLong));
  CLONE_AUTH_TRY_ASSIGN(limiters_.keys_by_handle,
                        make(limits.passwords_per_account, kShort));
  CLONE_AUTH_TRY_ASSIGN(limiters_.keys_by_address,
                        make(limits.passwords_per_address, kShort));
  return Status();
}

Core::~Core() {
  last_uses_.reset();
  key_pool_.reset();
  if (peppers_.has_value()) peppers_->Stop();
  password_pool_.reset();
  // It stays, since what runs there may submit something to it.
  if (store_pool_ != nullptr) store_pool_->Finish();
  // There is nobody left to tell of a failure.
  if (directory_ == nullptr) return;
  (void)directory_->SaveKeyEvents();
  (void)directory_->SaveUses();
  (void)directory_->RenewShown();
}

std::optional<HttpResponse> Core::Screen(const Match& match, Call& call) const {
  if (match.endpoint == nullptr) {
    return ErrorAnswer(Status(Reason::kNotFound));
  }
  if (call.request.body.size() > kMaxBody) {
    return ErrorAnswer(Status(Reason::kTooLarge));
  }
  // A proxy that keeps the method asks with OPTIONS too, and takes any 204 for
  // a yes.
  if (call.request.method == "OPTIONS" && !match.endpoint->for_proxies) {
    return EmptyAnswer();
  }
  if (match.endpoint->needs_credential) {
    if (auto refusal = Identify(*match.endpoint, call)) return refusal;
  }
  if (match.endpoint->Find(call.request.method) == nullptr) {
    return ErrorAnswer(Status(Reason::kMethodNotAllowed),
                       "Method \"" + call.request.method + "\" not allowed.");
  }
  return std::nullopt;
}

HttpResponse Core::Run(const Match& match, const Call& call) const {
  try {
    return match.endpoint->Find(call.request.method)->handler(context_, call);
  } catch (const std::exception&) {
    // Only the standard library throws here, and only for want of memory.
    return ErrorAnswer(Status(Reason::kOverloaded));
  }
}

// Access may have ended while the call waited for its turn.
HttpResponse Core::RunLate(const Match& match, Call& call) const {
  if (match.endpoint->needs_credential) {
    if (auto refusal = Identify(*match.endpoint, call)) {
      return *std::move(refusal);
    }
  }
  return Run(match, call);
}

void Core::Finish(const Match& match, const Call& call,
                  HttpResponse& answer) const {
  if (match.endpoint != nullptr) {
    answer.headers.Add("Allow", std::string(match.endpoint->allow));
  }
  if (answer.headers.Find("Cache-Control") == nullptr) {
    answer.headers.Add("Cache-Control", "no-store");
  }
  answer.headers.Add("X-Content-Type-Options", "nosniff");
  if (answer.status == 401 &&
      answer.headers.Find("WWW-Authenticate") == nullptr) {
    answer.headers.Add(
        "WWW-Authenticate",
        authenticator_->ChallengeFor(Status(Reason::kCredentialMissing)));
  }
  if (!options_.cors_origins.empty()) AddCors(match, call.request, answer);
  if (call.request.method == "HEAD") answer.body.clear();
}

bool Core::NamesOrigin(const std::string* origin) const {
  return origin != nullptr &&
         std::find(options_.cors_origins.begin(), options_.cors_origins.end(),
                   *origin) != options_.cors_origins.end();
}

void Core::AddCors(const Match& match, const HttpRequest& request,
                   HttpResponse& answer) const {
  answer.headers.Add("Vary", "Origin");
  const std::string* origin = request.headers.Find("Origin");
  if (!NamesOrigin(origin)) return;
  answer.headers.Add("Access-Control-Allow-Origin", *origin);
  if (request.method != "OPTIONS") {
    answer.headers.Add("Access-Control-Expose-Headers",
                       "Retry-After, WWW-Authenticate, X-Refusal-Id");
    return;
  }
  if (match.endpoint == nullptr) return;
  answer.headers.Add("Access-Control-Allow-Methods",
                     std::string(match.endpoint->allow));
  answer.headers.Add("Access-Control-Allow-Headers",
                     "Authorization, Content-Type, Idempotency-Key, " +
                         options_.scheme.header);
  answer.headers.Add("Access-Control-Max-Age", "600");
}

void Core::RunOn(WorkerPool& pool, Pending pending,
                 HttpResponse (Core::*run)(const Match&, Call&) const) {
  pending.call.client = proxies_->ClientOf(pending.call.request);
  pending.call.address = proxies_->AddressOf(pending.call.request);
  const auto shared = std::make_shared<Pending>(std::move(pending));
  const bool taken = pool.Submit([this, run, shared] {
    HttpResponse made = (this->*run)(shared->match, shared->call);
    Finish(shared->match, shared->call, made);
    shared->done(std::move(made));
  });
  if (taken) return;
  HttpResponse refusal = ErrorAnswer(Status(Reason::kOverloaded));
  Finish(shared->match, shared->call, refusal);
  shared->done(std::move(refusal));
}

void Core::HandleAsync(HttpRequest request,
                       std::function<void(HttpResponse)> done) {
  MaintainIfDue();
  const Match match = FindEndpoint(request.target);
  Call call;
  call.request = std::move(request);
  call.id = match.id;
  std::optional<HttpResponse> answer = Screen(match, call);
  if (!answer.has_value() && match.endpoint->key_in_body != nullptr) {
    call.adoption = StepForBody(*match.endpoint, call.request);
  }
  if (call.adoption != Adoption::kNone) {
    WorkerPool& pool =
        call.adoption == Adoption::kHash ? *key_pool_ : *store_pool_;
    return RunOn(pool, {match, std::move(call), std::move(done)},
                 &Core::RunAdopted);
  }
  if (!answer.has_value()) {
    const Lane lane = match.endpoint->Find(call.request.method)->lane;
    if (lane != Lane::kInline) {
      WorkerPool& pool =
          lane == Lane::kPassword ? *password_pool_ : *store_pool_;
      return RunOn(pool, {match, std::move(call), std::move(done)},
                   &Core::RunLate);
    }
    answer = Run(match, call);
  }
  Finish(match, call, *answer);
  done(*std::move(answer));
}

HttpResponse Core::Handle(const HttpRequest& request) {
  // Shared, because whoever sets the value may still be at it when the one who
  // waits goes on.
  const auto promise = std::make_shared<std::promise<HttpResponse>>();
  std::future<HttpResponse> answer = promise->get_future();
  HandleAsync(request, [promise](HttpResponse made) {
    promise->set_value(std::move(made));
  });
  return answer.get();
}

Status Core::Ready() { return store_->Ping(); }

void Core::MaintainIfDue() {
  std::int64_t due = next_maintenance_.load(std::memory_order_relaxed);
  const std::chrono::nanoseconds now = context_.clock->SinceBoot();
  if (now.count() < due || !next_maintenance_.compare_exchange_strong(
                               due, (now + kMaintenanceInterval).count())) {
    return;
  }
  // Where the queue is full, the next minute will do.
  (void)store_pool_->Submit([this] { Maintain(); });
}

void Core::Maintain() {
  // What fails is tried again a minute later; readiness tells the operator.
  (void)directory_->RenewShown();
  (void)directory_->ForgetSessions(context_.Now() - kForgetAfter);
  (void)signing_keys_->DropDead();
  peppers_->Resume();
}

}  // namespace clone_auth::service
