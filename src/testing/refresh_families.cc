#include "testing/refresh_families.h"

#include <charconv>
#include <utility>

namespace clone_auth::testing {
namespace {

constexpr std::string_view kPrefix = "rt-";
constexpr std::string_view kAlphabet =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kChanceSize = 24;

// Reads a number and the '-' behind it off `text`.
bool TakeNumber(std::string_view& text, std::uint64_t& number) {
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest == end || *rest != '-') return false;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()) + 1);
  return true;
}

}  // namespace

Result<RefreshFamilies::Id> RefreshFamilies::Begin(std::string subject,
                                                   WallTime now) {
  auto chance = RandomText(random_, kAlphabet, kChanceSize);
  if (!chance.ok()) return std::move(chance).status();
  RefreshFamily family;
  family.subject = std::move(subject);
  family.expires_at = now + rules_.lifetime;
  family.chance = std::move(chance).value();
  families_.push_back(std::move(family));
  return families_.size() - 1;
}

std::string RefreshFamilies::TextOf(Id family, std::uint64_t generation) const {
  return std::string(kPrefix) + std::to_string(family) + "-" +
         std::to_string(generation) + "-" + families_[family].chance;
}

Result<RefreshFamilies::Named> RefreshFamilies::Read(
    std::string_view token) const {
  Named named;
  std::uint64_t family = 0;
  std::string_view rest = token;
  const bool is_ours = rest.substr(0, kPrefix.size()) == kPrefix;
  if (is_ours) rest.remove_prefix(kPrefix.size());
  if (!is_ours || !TakeNumber(rest, family) || family >= families_.size() ||
      !TakeNumber(rest, named.generation)) {
    return Status(Reason::kRefreshInvalid);
  }
  named.family = static_cast<Id>(family);
  const bool was_given =
      named.generation >= 1 &&
      named.generation <= families_[named.family].generation &&
      token == TextOf(named.family, named.generation);
  if (!was_given) return Status(Reason::kRefreshInvalid);
  return named;
}

bool RefreshFamilies::IsStillOpen(const RefreshFamily& family,
                                  std::uint64_t generation,
                                  std::string_view attempt,
                                  WallTime now) const {
  if (!family.predecessor_is_open || generation + 1 != family.generation) {
    return false;
  }
  if (now - family.rotated_at < rules_.grace) return true;
  return rules_.honours_idempotency && !attempt.empty() &&
         attempt == family.attempt;
}

Result<RefreshFamilies::Presented> RefreshFamilies::Present(
    std::string_view token, std::string_view attempt, bool keeps,
    WallTime now) {
  const auto named = Read(token);
  if (!named.ok()) return named.status();
  RefreshFamily& family = families_[named->family];
  if (family.is_ended) return Status(Reason::kSessionEnded);
  if (now >= family.expires_at) return Status(Reason::kRefreshExpired);
  if (named->generation == family.generation) {
    family.predecessor_is_open = !keeps;
    if (!keeps) {
      ++family.generation;
      family.rotated_at = now;
      family.attempt = attempt;
    }
    return Presented{named->family, false};
  }
  if (IsStillOpen(family, named->generation, attempt, now)) {
    return Presented{named->family, true};
  }
  family.is_ended = true;
  return Status(Reason::kRefreshReused);
}

bool RefreshFamilies::IsSpent(std::string_view token) const {
  const auto named = Read(token);
  return named.ok() && named->generation < families_[named->family].generation;
}

}  // namespace clone_auth::testing
