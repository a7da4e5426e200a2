#pragma once

// Shows each exchange on standard error, for --debug. Headers and bodies are
// where the secrets are, so neither is shown.

#include <memory>

#include "clone/http.h"

namespace clonit {

class TracingTransport : public clone_auth::HttpTransport {
 public:
  explicit TracingTransport(std::unique_ptr<clone_auth::HttpTransport> next)
      : next_(std::move(next)) {}

  clone_auth::Result<clone_auth::HttpResponse> Send(
      const clone_auth::HttpRequest& request,
      const clone_auth::HttpLimits& limits) override;

 private:
  std::unique_ptr<clone_auth::HttpTransport> next_;
};

}  // namespace clonit
