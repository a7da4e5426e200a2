#include "tracing_transport.h"

#include <chrono>
#include <cstdio>

#include "support/text.h"

namespace clonit {

using clone_auth::HttpLimits;
using clone_auth::HttpRequest;
using clone_auth::HttpResponse;
using clone_auth::Result;
using console::Harmless;

Result<HttpResponse> TracingTransport::Send(const HttpRequest& request,
                                            const HttpLimits& limits) {
  using Timer = std::chrono::steady_clock;
  const auto start = Timer::now();
  auto answer = next_->Send(request, limits);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      Timer::now() - start);
  const std::string outcome =
      answer.ok() ? std::to_string(answer->status) + ", " +
                        std::to_string(answer->body.size()) + " bytes"
                  : answer.status().ToString();
  std::fprintf(stderr, "clonit: debug: %s %s: %s, %lld ms\n",
               request.method.c_str(), Harmless(request.target).c_str(),
               Harmless(outcome).c_str(), static_cast<long long>(took.count()));
  return answer;
}

}  // namespace clonit
