#pragma once

// Signs a person in with a code that they type on another device, from start
// to end. Blocks the calling thread and starts none.

#include <functional>
#include <string_view>

#include "clone/device_grant.h"
#include "clone/oauth_client.h"
#include "clone/oauth_flow.h"
#include "clone/result.h"
#include "clone/token_answer.h"

namespace clone_auth {

struct DeviceSignInOptions {
  /// How it is driven; its `wait` may give up.
  FlowDriverOptions driver;
  /// Shows the person the code and the page, once. Needed: nobody else does.
  std::function<void(const DevicePrompt&)> show;
};

/// Until the person has answered or the code has expired. Errors: those of
/// DeviceGrant; invalid_argument (nothing to show it with); cancelled.
Result<TokenAnswer> SignInWithDevice(OAuthClient client, std::string_view scope,
                                     const DeviceSignInOptions& options);

}  // namespace clone_auth
