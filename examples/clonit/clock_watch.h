#pragma once

// Looks at each answer's Date on the way: how far this machine's clock is off.

#include <chrono>
#include <memory>
#include <optional>

#include "clone/http.h"

namespace clonit {

class ClockWatch : public clone_auth::HttpTransport {
 public:
  explicit ClockWatch(std::unique_ptr<clone_auth::HttpTransport> next)
      : next_(std::move(next)) {}

  clone_auth::Result<clone_auth::HttpResponse> Send(
      const clone_auth::HttpRequest& request,
      const clone_auth::HttpLimits& limits) override;

  /// How far it is ahead, by the last answer that told.
  std::optional<std::chrono::seconds> clock_ahead() const {
    return clock_ahead_;
  }

 private:
  std::unique_ptr<clone_auth::HttpTransport> next_;
  std::optional<std::chrono::seconds> clock_ahead_;
};

}  // namespace clonit
