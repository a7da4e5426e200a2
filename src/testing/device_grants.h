#pragma once

// Device grants (RFC 8628): codes that wait for a person's answer. Not for
// sharing between threads.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "clone/clock.h"
#include "clone/random.h"
#include "clone/result.h"

namespace clone_auth::testing {

struct DeviceCodes {
  std::string device_code;
  std::string user_code;
};

class DeviceGrants {
 public:
  DeviceGrants(std::chrono::seconds lifetime, std::chrono::seconds interval,
               RandomSource& random)
      : lifetime_(lifetime), interval_(interval), random_(random) {}

  /// Error: random_unavailable.
  Result<DeviceCodes> Begin(WallTime now);

  /// False where no code waits for that answer.
  bool Answer(std::string_view user_code, bool agreed, WallTime now);

  /// The word of the refusal (RFC 8628 section 3.5); empty where the device may
  /// have its tokens, which is so once.
  std::string Poll(const std::string& device_code, WallTime now);

 private:
  struct Grant {
    std::string user_code;
    WallTime expires_at{};
    std::chrono::seconds interval{0};
    WallTime next_poll{};
    std::optional<bool> agreed;
  };

  const std::chrono::seconds lifetime_;
  const std::chrono::seconds interval_;
  RandomSource& random_;
  std::map<std::string, Grant> grants_;  // by device code
};

}  // namespace clone_auth::testing
