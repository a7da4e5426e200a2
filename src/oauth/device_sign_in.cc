#include "clone/device_sign_in.h"

#include <chrono>
#include <utility>

#include "base/macros.h"
#include "clone/clock.h"

namespace clone_auth {

Result<TokenAnswer> SignInWithDevice(OAuthClient client, std::string_view scope,
                                     const DeviceSignInOptions& options) {
  if (!options.show) {
    return Status(Reason::kInvalidArgument, "nobody would see the code");
  }
  CLONE_AUTH_ASSIGN_OR_RETURN(DeviceGrant grant,
                              DeviceGrant::Create(std::move(client), scope));
  const Clock& clock =
      options.driver.clock != nullptr ? *options.driver.clock : SystemClock();
  bool is_shown = false;
  FlowDriverOptions driver = options.driver;
  driver.wait = [&](std::chrono::nanoseconds time) {
    if (grant.prompt() != nullptr && !std::exchange(is_shown, true)) {
      options.show(*grant.prompt());
    }
    if (options.driver.wait) return options.driver.wait(time);
    clock.SleepFor(time);
    return true;
  };
  RunFlow(grant, driver);
  return grant.Take();
}

}  // namespace clone_auth
