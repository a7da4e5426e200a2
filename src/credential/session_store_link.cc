#include "credential/session_store_link.h"

#include <string>
#include <utility>

#include "base/url.h"
#include "clone/token_inspection.h"

namespace clone_auth {
namespace {

enum class Kinship { kForeign, kOlder, kNewer };

// What `stored` is to a session that holds `ours`, by the word of the tokens
// and the clock of their issuer. Tokens that tell nothing count as newer.
Kinship Compare(const Secret& stored, const Secret& ours) {
  const auto a = InspectToken(stored.Reveal());
  const auto b = InspectToken(ours.Reveal());
  if (!a.ok() || !b.ok()) return Kinship::kNewer;
  const std::string* subject = a->claims.FindString("sub");
  const std::string* our_subject = b->claims.FindString("sub");
  if (subject != nullptr && our_subject != nullptr &&
      *subject != *our_subject) {
    return Kinship::kForeign;
  }
  const bool is_older =
      a->issued_at && b->issued_at && *a->issued_at < *b->issued_at;
  return is_older ? Kinship::kOlder : Kinship::kNewer;
}

// Empty where it is no URL.
std::string OriginOf(const std::string& url) {
  const auto parsed = ParseUrl(url);
  return parsed.ok() ? parsed->Origin() : std::string();
}

}  // namespace

SessionStoreLink::SessionStoreLink(TokenSession* session,
                                   std::shared_ptr<TokenStore> store,
                                   const Clock& clock)
    : session_(session),
      store_(std::move(store)),
      clock_(clock),
      origin_(OriginOf(session->base_url())) {}

bool SessionStoreLink::IsOfOurKind(const StoredSession& stored) const {
  return stored.issuer == session_->options().issuer &&
         OriginOf(stored.base_url) == origin_;
}

bool SessionStoreLink::Adopt(StoredSession stored, WallTime now) {
  // What is stored is wall time; `now` may have parted from that.
  if (auto& received_at = stored.tokens.received_at) {
    *received_at += now - clock_.Now();
  }
  return session_->Adopt(std::move(stored.tokens), now).ok();
}

void SessionStoreLink::Restore(WallTime now) {
  known_.reset();
  owes_ = false;
  if (store_ == nullptr) return;
  auto loaded = store_->Load();
  error_ = loaded.status();
  if (!loaded.ok() || !loaded->has_value()) return;
  StoredSession& stored = **loaded;
  if (!IsOfOurKind(stored)) return;
  Secret refresh = stored.tokens.refresh.Clone(SecretReach::kThisProcess);
  if (Adopt(std::move(stored), now)) known_ = std::move(refresh);
}

Status SessionStoreLink::Lock(std::chrono::milliseconds patience) {
  if (store_ == nullptr || lock_ != nullptr) return Status();
  auto lock = store_->Acquire(patience);
  if (lock.ok()) {
    lock_ = std::move(lock).value();
    return Status();
  }
  if (lock.status().reason() == Reason::kTimeout) return lock.status();
  error_ = lock.status();
  return Status();
}

bool SessionStoreLink::AdoptNewer(WallTime now) {
  recorded_key_.clear();
  if (store_ == nullptr) return false;
  auto loaded = store_->Load();
  if (!loaded.ok()) {
    // A file that cannot be read as it is may well be written anew.
    holds_ = Holds::kOurs;
    error_ = loaded.status();
    return false;
  }
  if (!loaded->has_value()) {
    // Where it once stood and is gone, the person has signed out.
    holds_ = known_ ? Holds::kForeign : Holds::kOurs;
    return false;
  }
  StoredSession& stored = **loaded;
  if (!IsOfOurKind(stored)) {
    holds_ = Holds::kForeign;
    return false;
  }
  const SessionTokens ours = session_->tokens();
  const bool is_known =
      ConstantTimeEquals(stored.tokens.refresh, ours.refresh) ||
      (known_ && ConstantTimeEquals(stored.tokens.refresh, *known_));
  const Kinship kinship = Compare(stored.tokens.access, ours.access);
  holds_ = kinship == Kinship::kForeign ? Holds::kForeign : Holds::kOurs;
  if (holds_ == Holds::kForeign) return false;
  known_ = stored.tokens.refresh.Clone(SecretReach::kThisProcess);
  if (ConstantTimeEquals(stored.tokens.refresh, ours.refresh)) {
    recorded_key_ = stored.tokens.idempotency_key;
  }
  if (is_known || kinship == Kinship::kOlder) return false;
  return Adopt(std::move(stored), now);
}

Status SessionStoreLink::Keep(const SessionTokens& tokens, WallTime now) {
  if (lock_ == nullptr || holds_ == Holds::kForeign) return Status();
  SessionTokens kept;
  kept.access = tokens.access.Clone();
  kept.refresh = tokens.refresh.Clone();
  kept.expires_in = tokens.expires_in;
  kept.idempotency_key = tokens.idempotency_key;
  // What is stored is wall time.
  kept.received_at = tokens.received_at.value_or(now) + (clock_.Now() - now);
  error_ = lock_->Save(MakeStoredSession(session_->options(), std::move(kept)));
  owes_ = !error_.ok();
  if (error_.ok()) known_ = tokens.refresh.Clone(SecretReach::kThisProcess);
  return error_;
}

void SessionStoreLink::KeepAgain(WallTime now) {
  if (lock_ != nullptr || !Lock(std::chrono::milliseconds(0)).ok()) return;
  if (lock_ == nullptr) return;
  const auto loaded = store_->Load();
  if (loaded.ok() && loaded->has_value() && known_) {
    const SessionTokens ours = session_->tokens();
    const Secret& stored = (*loaded)->tokens.refresh;
    // Where the token is the same, only a key could not be recorded; another
    // process may have recorded its own since.
    owes_ = !ConstantTimeEquals(stored, ours.refresh);
    if (owes_ && ConstantTimeEquals(stored, *known_)) {
      [[maybe_unused]] const Status kept = Keep(ours, now);
    }
  }
  Unlock();
}

}  // namespace clone_auth
