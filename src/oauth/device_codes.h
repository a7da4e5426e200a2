#pragma once

// The answer to a device that asks for its codes (RFC 8628 section 3.2). Pure.

#include <chrono>
#include <string>
#include <string_view>

#include "clone/clock.h"
#include "clone/device_grant.h"
#include "clone/json.h"
#include "clone/result.h"
#include "clone/secret.h"

namespace clone_auth {

struct DeviceCodes {
  Secret device_code;
  DevicePrompt prompt;
  std::chrono::seconds interval{5};  ///< 1 s to 5 min
};

/// `issuer` answered `json` to what was sent at `asked_at`. Errors:
/// answer_malformed, url_malformed, insecure_url.
Result<DeviceCodes> ReadDeviceCodes(const JsonValue& json,
                                    std::string_view issuer, WallTime asked_at);

}  // namespace clone_auth
