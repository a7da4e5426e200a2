#include "testing/device_grants.h"

#include <utility>

namespace clone_auth::testing {
namespace {

// Letters that make no word (RFC 8628 section 6.1).
constexpr std::string_view kUserAlphabet = "BCDFGHJKLMNPQRSTVWXZ";
constexpr std::string_view kDeviceAlphabet = "0123456789abcdef";
constexpr std::chrono::seconds kSlower{5};

}  // namespace

Result<DeviceCodes> DeviceGrants::Begin(WallTime now) {
  auto user = RandomText(random_, kUserAlphabet, 8);
  if (!user.ok()) return std::move(user).status();
  auto device = RandomText(random_, kDeviceAlphabet, 40);
  if (!device.ok()) return std::move(device).status();
  DeviceCodes codes{"dc-" + *device,
                    user->substr(0, 4) + "-" + user->substr(4)};
  Grant grant;
  grant.user_code = codes.user_code;
  grant.expires_at = now + lifetime_;
  grant.interval = interval_;
  grants_.emplace(codes.device_code, std::move(grant));
  return codes;
}

bool DeviceGrants::Answer(std::string_view user_code, bool agreed,
                          WallTime now) {
  for (auto& [device_code, grant] : grants_) {
    if (grant.user_code != user_code) continue;
    if (grant.agreed || now >= grant.expires_at) return false;
    grant.agreed = agreed;
    return true;
  }
  return false;
}

std::string DeviceGrants::Poll(const std::string& device_code, WallTime now) {
  const auto found = grants_.find(device_code);
  if (found == grants_.end()) return "invalid_grant";
  Grant& grant = found->second;
  if (now >= grant.expires_at) return "expired_token";
  if (now < grant.next_poll) {
    grant.interval += kSlower;
    grant.next_poll = now + grant.interval;
    return "slow_down";
  }
  grant.next_poll = now + grant.interval;
  if (!grant.agreed) return "authorization_pending";
  if (!*grant.agreed) return "access_denied";
  grants_.erase(found);
  return "";
}

}  // namespace clone_auth::testing
