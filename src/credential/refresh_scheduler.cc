#include "clone/refresh_scheduler.h"

#include <utility>

#include "base/macros.h"
#include "credential/scheduler_state.h"
#include "credential/scheduler_time.h"
#include "credential/session_table.h"
#include "crypto/short_hash.h"

namespace clone_auth {
namespace {

constexpr int kMostInFlight = 256;
constexpr int kMostStarts = 100'000;

bool IsFromOneTo(int most, int value) { return value >= 1 && value <= most; }

Status CheckOptions(const RefreshSchedulerOptions& options) {
  if (!IsFromOneTo(kMostInFlight, options.in_flight_per_issuer) ||
      !IsFromOneTo(kMostInFlight, options.in_flight)) {
    return Status(Reason::kInvalidArgument,
                  "1 to 256 attempts may be under way");
  }
  if (!IsFromOneTo(kMostStarts, options.starts_per_second)) {
    return Status(Reason::kInvalidArgument,
                  "1 to 100,000 attempts may begin within a second");
  }
  return Status();
}

Status CheckKey(const SessionKey& key) {
  if (key.issuer.empty() || key.subject.empty()) {
    return Status(Reason::kInvalidArgument,
                  "a session's key has an issuer and a subject");
  }
  for (const std::string* part :
       {&key.issuer, &key.resource, &key.tenant, &key.subject, &key.client}) {
    if (part->size() > SessionTable::kLongestPart) {
      return Status(Reason::kInvalidArgument,
                    "a part of a session's key has at most 2,048 bytes");
    }
  }
  return Status();
}

}  // namespace

struct RefreshScheduler::Impl {
  Impl(RefreshSchedulerOptions options, const ShortHash& hash)
      : state(std::move(options), hash) {}

  SchedulerState::Times Inner(RefreshTimes times) const {
    return {time.Inner(times.due), time.Inner(times.expires_at)};
  }

  SchedulerTime time;
  SchedulerState state;
};

Result<std::unique_ptr<RefreshScheduler>> RefreshScheduler::Create(
    RefreshSchedulerOptions options, RandomSource& random) {
  CLONE_AUTH_RETURN_IF_ERROR(CheckOptions(options));
  CLONE_AUTH_ASSIGN_OR_RETURN(const ShortHash hash, ShortHash::Create(random));
  return std::unique_ptr<RefreshScheduler>(
      new RefreshScheduler(std::make_unique<Impl>(std::move(options), hash)));
}

RefreshScheduler::RefreshScheduler(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

RefreshScheduler::~RefreshScheduler() = default;

Result<SessionHandle> RefreshScheduler::Add(const SessionKey& key,
                                            RefreshTimes times, WallTime now) {
  CLONE_AUTH_RETURN_IF_ERROR(CheckKey(key));
  impl_->time.Observe(now);
  const auto handle = impl_->state.Add(key, impl_->Inner(times));
  if (!handle) {
    return Status(Reason::kAlreadyExists,
                  "there is a session with this key already");
  }
  return *handle;
}

std::optional<SessionHandle> RefreshScheduler::Find(
    const SessionKey& key) const {
  if (!CheckKey(key).ok()) return std::nullopt;
  return impl_->state.Find(key);
}

bool RefreshScheduler::Remove(SessionHandle session) {
  return impl_->state.Remove(session);
}

bool RefreshScheduler::Touch(SessionHandle session, WallTime now) {
  return impl_->state.Touch(session, impl_->time.Observe(now));
}

bool RefreshScheduler::Demand(SessionHandle session, WallTime now) {
  return impl_->state.Demand(session, impl_->time.Observe(now));
}

bool RefreshScheduler::Reschedule(SessionHandle session, RefreshTimes times,
                                  WallTime now) {
  impl_->time.Observe(now);
  return impl_->state.Reschedule(session, impl_->Inner(times));
}

bool RefreshScheduler::Finished(SessionHandle session,
                                const RefreshAttempt& attempt,
                                RefreshTimes next, WallTime now) {
  const Ticks at = impl_->time.Observe(now);
  return impl_->state.Finished(session, attempt, impl_->Inner(next), at);
}

RefreshScheduler::Step RefreshScheduler::Next(WallTime now) {
  const SchedulerState::Step step = impl_->state.Next(impl_->time.Observe(now));
  if (step.start) return Start{*step.start};
  return WaitUntil{impl_->time.Outer(step.until)};
}

std::size_t RefreshScheduler::size() const { return impl_->state.size(); }

int RefreshScheduler::in_flight() const { return impl_->state.in_flight(); }

std::optional<IssuerReport> RefreshScheduler::Report(
    std::string_view issuer) const {
  const SchedulerState::Issuer* found = impl_->state.FindIssuer(issuer);
  if (found == nullptr) return std::nullopt;
  IssuerReport report;
  report.in_flight = found->gate.in_flight();
  report.window = found->gate.window();
  report.backlog = found->backlog();
  report.is_broken = found->gate.is_broken();
  if (report.is_broken) {
    report.retry_at = impl_->time.Outer(found->gate.retry_at());
  }
  return report;
}

}  // namespace clone_auth
