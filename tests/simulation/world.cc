#include "simulation/world.h"

#include "clone/json.h"
#include "support/tokens.h"

namespace clone_auth::testing {
namespace {

constexpr seconds kGrace{10};

StoredSession CopyOf(const StoredSession& session) {
  const SessionTokens& tokens = session.tokens;
  return {session.base_url,
          {tokens.access.Clone(), tokens.refresh.Clone(), tokens.received_at,
           tokens.expires_in, tokens.idempotency_key}};
}

std::string RefreshName(int generation) {
  return "refresh-" + std::to_string(generation);
}

}  // namespace

class SimulatedStore::Turn final : public TokenStore::Lock {
 public:
  explicit Turn(SimulatedStore& store) : store_(store) {
    store_.is_locked_ = true;
  }
  ~Turn() override { store_.is_locked_ = false; }

  Status Save(const StoredSession& session) override {
    store_.MayCrash();
    if (store_.is_full) return Status(Reason::kStoreUnavailable);
    store_.Put(session);
    store_.MayCrash();
    return Status();
  }
  Status Clear() override {
    store_.stored_.reset();
    return Status();
  }

 private:
  SimulatedStore& store_;
};

Result<std::unique_ptr<TokenStore::Lock>> SimulatedStore::Acquire(
    std::chrono::milliseconds) {
  MayCrash();
  if (is_locked_ || is_stuck) return Status(Reason::kTimeout);
  return std::unique_ptr<Lock>(std::make_unique<Turn>(*this));
}

Result<std::optional<StoredSession>> SimulatedStore::Load() {
  MayCrash();
  return std::optional<StoredSession>(CopyOf(*stored_));
}

void SimulatedStore::Put(const StoredSession& session) {
  stored_ = CopyOf(session);
}

std::string RotatingServer::Access(WallTime now) {
  return AccessToken(now, kLifetime, static_cast<std::uint64_t>(++issued_));
}

SessionTokens RotatingServer::FirstTokens(WallTime now) {
  SessionTokens tokens;
  tokens.access = Secret::CopyOf(Access(now));
  tokens.refresh = Secret::CopyOf(RefreshName(current_));
  return tokens;
}

HttpResponse RotatingServer::Handle(const HttpRequest& request, WallTime now) {
  ++exchanges_;
  const auto body = JsonValue::Parse(request.body);
  const std::string presented = *body->FindString("refresh");
  const std::string key = *request.headers.Find("Idempotency-Key");
  const bool is_current = presented == RefreshName(current_);
  const bool is_spent = current_ > 0 && presented == RefreshName(current_ - 1);
  const bool is_repeat = is_spent && key == spent_key_;
  if (is_spent && !is_repeat) ++spent_twice_;
  const bool is_in_time = is_spent && now - spent_at_ <= kGrace;
  if (has_ended_ || !(is_current || is_repeat || is_in_time)) {
    has_ended_ = true;
    return {401, {}, R"({"code":"refresh_reused"})"};
  }
  if (is_current) {
    spent_key_ = key;
    spent_at_ = now;
    ++current_;
  }
  JsonWriter json;
  json.BeginObject().Name("access").String(Access(now));
  json.Name("refresh").String(RefreshName(current_)).EndObject();
  return {200, {}, json.Take()};
}

}  // namespace clone_auth::testing
