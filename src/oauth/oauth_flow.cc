#include "clone/oauth_flow.h"

#include <algorithm>
#include <utility>

#include "base/wiped_text.h"
#include "credential/step_free_clock.h"

namespace clone_auth {
namespace {

// Short, so that it is noticed soon that the machine was asleep: what sleeps
// with it does not know.
constexpr std::chrono::nanoseconds kLongestWait = std::chrono::seconds(1);

class Driver {
 public:
  Driver(OAuthFlow& flow, const FlowDriverOptions& options)
      : flow_(flow),
        options_(options),
        clock_(options.clock == nullptr ? SystemClock() : *options.clock),
        time_(clock_) {}

  void Run() {
    while (true) {
      OAuthFlow::Step step = flow_.Poll(time_.Now());
      if (auto* send = std::get_if<OAuthFlow::Send>(&step)) {
        Exchange(std::move(send->request));
      } else if (const auto* wait = std::get_if<OAuthFlow::WaitUntil>(&step)) {
        Wait(wait->until);
      } else {
        return;
      }
    }
  }

 private:
  void Exchange(HttpRequest request) {
    auto outcome = options_.transport->Send(request, options_.limits);
    WipeText(request.body);
    flow_.Complete(outcome, time_.Now());
    if (outcome.ok()) WipeText(outcome->body);
  }

  void Wait(WallTime until) {
    const std::chrono::nanoseconds left = until - time_.Now();
    const auto slice =
        std::clamp(left, std::chrono::nanoseconds(0), kLongestWait);
    if (options_.wait) {
      if (!options_.wait(slice)) flow_.Abandon(Status(Reason::kCancelled));
    } else {
      clock_.SleepFor(slice);
    }
  }

  OAuthFlow& flow_;
  const FlowDriverOptions& options_;
  const Clock& clock_;
  StepFreeClock time_;
};

}  // namespace

void RunFlow(OAuthFlow& flow, const FlowDriverOptions& options) {
  Driver(flow, options).Run();
}

}  // namespace clone_auth
