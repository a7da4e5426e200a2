#pragma once

// A transport that shows what passes through it: each request and each answer,
// with every secret cut down to a part that opens nothing.

#include <memory>
#include <string>
#include <string_view>

#include "clone/api_key_scheme.h"
#include "clone/http.h"

namespace walkthrough {

class ShowingTransport : public clone_auth::HttpTransport {
 public:
  ShowingTransport(std::shared_ptr<clone_auth::HttpTransport> inner,
                   clone_auth::ApiKeyScheme scheme);

  clone_auth::Result<clone_auth::HttpResponse> Send(
      const clone_auth::HttpRequest& request,
      const clone_auth::HttpLimits& limits) override;

 private:
  void ShowRequest(const clone_auth::HttpRequest& request) const;
  void ShowBody(std::string_view body) const;
  std::string Shorten(std::string_view secret) const;

  std::shared_ptr<clone_auth::HttpTransport> inner_;
  clone_auth::ApiKeyScheme scheme_;
};

}  // namespace walkthrough
