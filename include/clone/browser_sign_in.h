#pragma once

// Signs a person in with the browser of this machine, from start to end: a
// loopback listener, the browser, the exchange of the code. Blocks the calling
// thread and starts none.

#include <functional>
#include <string>

#include "clone/authorization_code.h"
#include "clone/oauth_client.h"
#include "clone/oauth_flow.h"
#include "clone/random.h"
#include "clone/result.h"
#include "clone/status.h"

namespace clone_auth {

struct BrowserSignInOptions {
  /// How the exchange is driven. `wait` is called with zero, too, before each
  /// second at most of listening: false gives up.
  FlowDriverOptions driver;
  /// The path that the client is registered with.
  std::string callback_path = "/callback";
  /// Is told the URL first, to be shown to a person whose browser does not
  /// open. Null: nobody is told.
  std::function<void(const std::string& url)> show;
  /// Opens the browser. Null: OpenBrowser() (browser.h). That there is none is
  /// no error, since the person may open the URL by hand.
  std::function<Status(const std::string& url)> open;
  /// Null: the system's.
  RandomSource* random = nullptr;
};

/// `request` is without its redirect URI, which is the listener's. Errors:
/// those of LoopbackListener and AuthorizationCodeGrant; url_malformed, where
/// the server's URL is none that a browser may be started with; cancelled.
Result<SignIn> SignInWithBrowser(OAuthClient client,
                                 AuthorizationCodeOptions request,
                                 const BrowserSignInOptions& options);

}  // namespace clone_auth
