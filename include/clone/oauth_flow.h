#pragma once

// What discovery and the ways to sign in have in common: a state machine that
// says what to send and how long to wait, without a thread, a socket or a
// clock inside, and a call that drives one to its end. Flows belong to one
// thread at a time. The times are those of one clock that nobody sets in
// between.

#include <chrono>
#include <functional>
#include <variant>

#include "clone/clock.h"
#include "clone/http.h"
#include "clone/result.h"
#include "clone/status.h"

namespace clone_auth {

class OAuthFlow {
 public:
  /// Send this, wipe its body and hand what came of it to Complete(). A
  /// redirect must not be followed.
  struct Send {
    HttpRequest request;
  };
  /// Nothing to do: ask again at `until` or later.
  struct WaitUntil {
    WallTime until{};
  };
  /// It is over, and there will be nothing to do any more.
  struct Done {};
  using Step = std::variant<Send, WaitUntil, Done>;

  virtual ~OAuthFlow() = default;

  /// What to do now. Between a Send and its Complete() nothing is:
  /// WaitUntil{WallTime::max()}.
  virtual Step Poll(WallTime now) = 0;

  /// Reports what came of the last Send: an answer, or why there was none.
  /// Ignored where nothing was sent.
  virtual void Complete(const Result<HttpResponse>& outcome, WallTime now) = 0;

  /// Ends it with `why`, unless it is over.
  virtual void Abandon(Status why) = 0;
};

struct FlowDriverOptions {
  HttpTransport* transport = nullptr;  ///< borrowed
  /// Null: the system's.
  const Clock* clock = nullptr;
  HttpLimits limits = {};
  /// Waits for so long, which is a second at most, or less; false gives the
  /// flow up. It is called before each wait, so a program may look here at
  /// what there is to show. Null: sleeps.
  std::function<bool(std::chrono::nanoseconds)> wait = nullptr;
};

/// Sends and waits until `flow` is over; what came of it, the flow tells. A
/// clock that is set and a machine that sleeps do not disturb it. Where `wait`
/// gave up, the flow is abandoned with `cancelled`.
void RunFlow(OAuthFlow& flow, const FlowDriverOptions& options);

}  // namespace clone_auth
