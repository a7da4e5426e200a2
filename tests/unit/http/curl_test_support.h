#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "clone/http.h"
#include "support/raw_server.h"

namespace clone_auth::testing {

inline std::unique_ptr<HttpTransport> MakeTransport(
    CurlTransportOptions options = {}) {
  auto transport = MakeCurlTransport(std::move(options));
  EXPECT_TRUE(transport.ok()) << transport.status().ToString();
  return std::move(transport).value();
}

inline HttpRequest Get(std::string url, HttpHeaders headers = {}) {
  return {"GET", std::move(url), std::move(headers), {}, {}};
}

inline HttpRequest Post(std::string url, std::string body) {
  return {"POST",
          std::move(url),
          {{"Content-Type", "application/json"}},
          std::move(body),
          {}};
}

/// One GET on a transport of its own.
inline Result<HttpResponse> GetOnce(const std::string& url,
                                    const HttpLimits& limits = {}) {
  return MakeTransport()->Send(Get(url), limits);
}

/// For peers that never finish: enough for a slow machine, not for patience.
inline HttpLimits Brief() {
  HttpLimits limits;
  limits.total = std::chrono::milliseconds(300);
  limits.connect = std::chrono::milliseconds(200);
  return limits;
}

}  // namespace clone_auth::testing
