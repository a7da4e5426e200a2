#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "clone/jwk_fetcher.h"
#include "clone/testing/fake_random.h"
#include "unit/jwt/remote_keys.h"

namespace clone_auth::testing {

constexpr char kKeysUrl[] = "https://issuer.example/keys";
constexpr char kRealm[] = "https://issuer.example/realm";

inline JwkFetchOptions WithUrl() {
  JwkFetchOptions options;
  options.jwks_uri = kKeysUrl;
  return options;
}

inline JwkFetchOptions WithIssuer() {
  JwkFetchOptions options;
  options.issuer = kRealm;
  return options;
}

inline HttpResponse Answer(int status, std::string body = {},
                           HttpHeaders headers = {}) {
  return {status, std::move(headers), std::move(body)};
}

inline std::string MetadataOf(const std::string& issuer,
                              const std::string& jwks_uri) {
  return R"({"issuer":")" + issuer + R"(","jwks_uri":")" + jwks_uri + "\"}";
}

/// A fetcher whose clock and issuer is the test.
class JwkFetch : public ::testing::Test {
 protected:
  void Start(JwkFetchOptions options = WithUrl()) {
    fetcher_ = JwkFetcher::Create(std::move(options), &random_).value();
  }

  /// The request that is due now; empty where none is.
  std::optional<HttpRequest> Due() { return Take(fetcher_->Poll(now_)); }
  std::optional<HttpRequest> Renewal() { return Take(fetcher_->Renew(now_)); }

  void Complete(Result<HttpResponse> outcome) {
    fetcher_->Complete(attempt_, outcome, now_);
  }

  /// Fetches what must be due.
  void Fetch(Result<HttpResponse> outcome) {
    ASSERT_TRUE(Due().has_value());
    Complete(std::move(outcome));
  }

  /// A first set of keys that is good for `lifetime`.
  void Load(int lifetime = 1000) {
    Fetch(Answer(200, SetOf({&one_}), MaxAge(lifetime)));
    ASSERT_TRUE(Serves());
  }

  static HttpHeaders MaxAge(int lifetime) {
    return {{"Cache-Control", "max-age=" + std::to_string(lifetime)}};
  }

  bool Serves() { return fetcher_->KeysAt(now_) != nullptr; }

  /// Seconds until a request is due, looked for one by one.
  int SecondsUntilDue(int most) {
    for (int i = 0; i <= most; ++i, now_ += std::chrono::seconds(1)) {
      if (Due().has_value()) return i;
    }
    return -1;
  }

  WallTime now_ = FromUnixSeconds(std::chrono::seconds(1'767'225'600));
  FakeRandom random_;
  std::optional<JwkFetcher> fetcher_;
  std::uint64_t attempt_ = 0;
  RemoteKey one_{"one"};
  RemoteKey two_{"two"};

 private:
  std::optional<HttpRequest> Take(JwkFetcher::Step step) {
    auto* const send = std::get_if<JwkFetcher::Send>(&step);
    if (send == nullptr) return std::nullopt;
    attempt_ = send->attempt;
    return std::move(send->request);
  }
};

}  // namespace clone_auth::testing
