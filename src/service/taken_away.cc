#include "service/taken_away.h"

#include <algorithm>

namespace clone_auth::service {
namespace {

template <typename Times>
std::optional<WallTime> TimeIn(const Times& times, const Uuid& key) {
  const auto found = times.find(key);
  if (found == times.end()) return std::nullopt;
  return found->second;
}

}  // namespace

void TakenAway::Add(const Revocation& revocation) {
  switch (revocation.kind) {
    case Revocation::Kind::kKeyRevoked:
      revoked_.emplace(revocation.subject, revocation.when);
      break;
    case Revocation::Kind::kKeyEnds: {
      const auto [end, is_new] =
          ends_.emplace(revocation.subject, revocation.when);
      if (!is_new) end->second = std::min(end->second, revocation.when);
      break;
    }
    case Revocation::Kind::kAccountDisabled:
      disabled_.insert(revocation.subject);
      break;
    case Revocation::Kind::kAccountEnabled:
      disabled_.erase(revocation.subject);
      break;
    case Revocation::Kind::kPasswordSet:
      break;
  }
}

std::optional<WallTime> TakenAway::RevokedAt(const Uuid& key) const {
  return TimeIn(revoked_, key);
}

std::optional<WallTime> TakenAway::EndOf(const Uuid& key) const {
  return TimeIn(ends_, key);
}

bool TakenAway::IsDisabled(const Uuid& account) const {
  return disabled_.contains(account);
}

}  // namespace clone_auth::service
