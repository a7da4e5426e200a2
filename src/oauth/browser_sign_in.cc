#include "clone/browser_sign_in.h"

#include <chrono>
#include <string_view>
#include <utility>

#include "base/macros.h"
#include "clone/browser.h"
#include "clone/clock.h"
#include "clone/loopback_listener.h"

namespace clone_auth {
namespace {

using std::chrono::nanoseconds;

// Shows the page. The person sees to it where this machine cannot.
Status Show(const std::string& url, const BrowserSignInOptions& options) {
  if (options.show) options.show(url);
  const Status opened = options.open ? options.open(url) : OpenBrowser(url);
  return opened.reason() == Reason::kUrlMalformed ? opened : Status();
}

}  // namespace

Result<SignIn> SignInWithBrowser(OAuthClient client,
                                 AuthorizationCodeOptions request,
                                 const BrowserSignInOptions& options) {
  const Clock* const clock =
      options.driver.clock != nullptr ? options.driver.clock : &SystemClock();
  CLONE_AUTH_ASSIGN_OR_RETURN(
      LoopbackListener listener,
      LoopbackListener::Create(options.callback_path, clock));
  request.redirect_uri = listener.redirect_uri();
  RandomSource& random =
      options.random != nullptr ? *options.random : SystemRandom();
  CLONE_AUTH_ASSIGN_OR_RETURN(
      AuthorizationCodeGrant grant,
      AuthorizationCodeGrant::Create(std::move(client), std::move(request),
                                     random));
  CLONE_AUTH_RETURN_IF_ERROR(Show(grant.authorization_url(), options));

  // Until the browser is back, waiting is listening.
  bool is_back = false;
  const auto wait = [&](nanoseconds time) {
    if (options.driver.wait &&
        !options.driver.wait(is_back ? time : nanoseconds(0))) {
      return false;
    }
    if (is_back) {
      if (!options.driver.wait) clock->SleepFor(time);
      return true;
    }
    const auto heard = listener.Hear(
        [&](std::string_view target) { return grant.Receive(target); },
        std::chrono::ceil<std::chrono::milliseconds>(time));
    if (!heard.ok()) grant.Abandon(heard.status());
    is_back = heard.ok() && *heard;
    return true;
  };
  FlowDriverOptions driver = options.driver;
  driver.wait = wait;
  RunFlow(grant, driver);
  return grant.Take();
}

}  // namespace clone_auth
