#include "clock_watch.h"

#include "clone/clock.h"
#include "clone/diagnosis.h"

namespace clonit {

using clone_auth::HttpLimits;
using clone_auth::HttpRequest;
using clone_auth::HttpResponse;
using clone_auth::Result;

Result<HttpResponse> ClockWatch::Send(const HttpRequest& request,
                                      const HttpLimits& limits) {
  auto answer = next_->Send(request, limits);
  if (!answer.ok()) return answer;
  const auto ahead = clone_auth::Diagnose(*answer, std::nullopt,
                                          clone_auth::SystemClock().Now())
                         .clock_ahead;
  if (ahead) clock_ahead_ = ahead;
  return answer;
}

}  // namespace clonit
