#pragma once

// What every flow keeps: whether it waits for an answer, and what it came to.

#include <optional>
#include <utility>

#include "clone/clock.h"
#include "clone/http.h"
#include "clone/oauth_flow.h"
#include "clone/result.h"
#include "clone/status.h"

namespace clone_auth {

template <typename T>
class FlowState {
 public:
  /// What Poll() answers where the flow itself has no say: it is over, or
  /// waits for an answer. Empty where it has.
  std::optional<OAuthFlow::Step> Idle() const {
    if (is_over()) return OAuthFlow::Done{};
    if (is_waiting_) return OAuthFlow::WaitUntil{WallTime::max()};
    return std::nullopt;
  }

  OAuthFlow::Step Send(HttpRequest request) {
    is_waiting_ = true;
    return OAuthFlow::Send{std::move(request)};
  }

  /// True where an answer is waited for and still of use.
  bool Receive() { return std::exchange(is_waiting_, false) && !is_over(); }

  /// Both end it; the first one counts.
  void Succeed(T value) {
    if (!is_over()) value_.emplace(std::move(value));
  }
  void Fail(Status why) {
    if (!is_over()) why_ = std::move(why);
  }

  /// For once.
  Result<T> Take() {
    if (value_) return *std::move(value_);
    if (!why_.ok()) return why_;
    return Status(Reason::kSignInPending, "the flow is not over yet");
  }

 private:
  bool is_over() const { return value_ || !why_.ok(); }

  std::optional<T> value_;
  Status why_;
  bool is_waiting_ = false;
};

}  // namespace clone_auth
