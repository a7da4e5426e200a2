#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "clone/json.h"
#include "clone/testing/adversarial_auth_server.h"
#include "clone/testing/fake_clock.h"
#include "clone/testing/fake_random.h"
#include "gtest/gtest.h"

namespace clone_auth::testing {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// A server and requests to it at the time of a clock.
class ServerHarness {
 public:
  explicit ServerHarness(AdversarialAuthServerOptions options = {}) {
    auto made = AdversarialAuthServer::Create(std::move(options), random_);
    EXPECT_TRUE(made.ok()) << made.status().ToString();
    server_ = std::move(made).value();
  }

  AdversarialAuthServer& server() { return *server_; }
  FakeClock& clock() { return clock_; }
  FakeRandom& random() { return random_; }

  FreshTokens NewSession() { return server_->NewSession(clock_.Now()).value(); }

  Result<HttpResponse> Send(const HttpRequest& request) {
    return server_->Handle(request, clock_.Now());
  }

  static HttpRequest RefreshRequest(const std::string& refresh,
                                    const std::string& attempt = "") {
    HttpRequest request;
    request.method = "POST";
    request.target = "https://auth.example/api/auth/token/refresh/";
    request.headers.Add("Content-Type", "application/json");
    if (!attempt.empty()) request.headers.Add("Idempotency-Key", attempt);
    request.body = R"({"refresh":")" + refresh + "\"}";
    return request;
  }

  /// A form to a path.
  static HttpRequest Form(std::string path, std::string body,
                          const std::string& attempt = "") {
    HttpRequest request;
    request.method = "POST";
    request.target = std::move(path);
    request.headers.Add("Content-Type", "application/x-www-form-urlencoded");
    if (!attempt.empty()) request.headers.Add("Idempotency-Key", attempt);
    request.body = std::move(body);
    return request;
  }

  Result<HttpResponse> Get(std::string path, const std::string& access = "") {
    HttpRequest request;
    request.target = std::move(path);
    if (!access.empty()) {
      request.headers.Add("Authorization", "Bearer " + access);
    }
    return Send(request);
  }

  Result<HttpResponse> Refresh(const std::string& refresh,
                               const std::string& attempt = "") {
    return Send(RefreshRequest(refresh, attempt));
  }

  /// The refresh token that this one is exchanged for; empty for a refusal.
  std::string Next(const std::string& refresh,
                   const std::string& attempt = "") {
    return Member(Refresh(refresh, attempt), "refresh");
  }

  /// Text of a JSON answer; empty where there is none.
  static std::string Member(const Result<HttpResponse>& answer,
                            std::string_view name) {
    if (!answer.ok()) return "";
    const auto json = JsonValue::Parse(answer->body);
    const std::string* text = json.ok() ? json->FindString(name) : nullptr;
    return text == nullptr ? "" : *text;
  }
  static std::int64_t Number(const Result<HttpResponse>& answer,
                             std::string_view name) {
    const auto json = JsonValue::Parse(answer->body);
    const JsonValue* value = json.ok() ? json->Find(name) : nullptr;
    return value == nullptr || value->AsInt() == nullptr ? -1 : *value->AsInt();
  }

 private:
  FakeClock clock_;
  FakeRandom random_;
  std::unique_ptr<AdversarialAuthServer> server_;
};

}  // namespace clone_auth::testing
