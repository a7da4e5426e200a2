// Keys fetched over real HTTP from an issuer on loopback.

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "clone/http.h"
#include "clone/jwt.h"
#include "clone/remote_jwk_source.h"
#include "clone/testing/fake_clock.h"
#include "gtest/gtest.h"
#include "support/raw_server.h"
#include "unit/jwt/remote_keys.h"

namespace clone_auth {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::FakeClock;
using testing::HttpAnswer;
using testing::RawConnection;
using testing::RawServer;
using testing::RemoteKey;
using testing::RemotePolicy;
using testing::SetOf;

/// An issuer that signs with the newest of its keys and publishes all of them.
class HttpIssuer {
 public:
  void Rotate(std::size_t kept) {
    auto key = std::make_unique<RemoteKey>("k" + std::to_string(++made_));
    tokens_.push_back(key->Token());
    keys_.push_back(std::move(key));
    if (keys_.size() > kept) keys_.pop_front();
    std::vector<const RemoteKey*> all;
    for (const auto& each : keys_) all.push_back(each.get());
    // Published first, and only then signed with.
    Publish(SetOf(all));
    token_ = &tokens_.back();
  }

  /// A token of the newest key. Takes no lock, so as not to slow down whoever
  /// rotates.
  const std::string& Token() const { return *token_; }

  std::string Url() const { return server_.Url("/keys"); }
  std::string Base() const { return server_.Url(); }
  std::vector<std::string> requests() const { return server_.requests(); }

 private:
  void Publish(std::string set) {
    const std::lock_guard lock(mutex_);
    set_ = std::move(set);
    tag_ = "\"" + std::to_string(made_) + "\"";
  }

  std::string AnswerTo(const std::string& request) const {
    const std::lock_guard lock(mutex_);
    if (request.rfind("GET /.well-known/openid-configuration ", 0) == 0) {
      return HttpAnswer(
          "200 OK", "",
          R"({"issuer":")" + Base() + R"(","jwks_uri":")" + Url() + "\"}");
    }
    const std::string headers =
        "Cache-Control: max-age=60\r\nETag: " + tag_ + "\r\n";
    if (request.find("If-None-Match: " + tag_) != std::string::npos) {
      return "HTTP/1.1 304 Not Modified\r\n" + headers + "\r\n";
    }
    return HttpAnswer("200 OK", headers, set_);
  }

  mutable std::mutex mutex_;
  std::string set_;
  std::string tag_;
  int made_ = 0;
  std::deque<std::string> tokens_;
  std::atomic<const std::string*> token_{nullptr};
  std::deque<std::unique_ptr<RemoteKey>> keys_;
  RawServer server_{[this](RawConnection& connection) {
    for (;;) {
      const std::string request = connection.ReadRequest();
      if (request.empty() || !connection.Write(AnswerTo(request))) return;
    }
  }};
};

class JwkOverHttp : public ::testing::Test {
 protected:
  void Start(RemoteJwkOptions options, CurlTransportOptions curl = {}) {
    transport_ = MakeCurlTransport(std::move(curl)).value();
    source_ = RemoteJwkSource::Create(std::move(options), transport_.get(),
                                      &clock_, &SystemRandom())
                  .value();
    verifier_ = std::make_unique<JwtVerifier>(
        JwtVerifier::Create(RemotePolicy(), source_.get(), &clock_).value());
  }

  static RemoteJwkOptions At(const std::string& url) {
    RemoteJwkOptions options;
    options.fetch.jwks_uri = url;
    return options;
  }

  /// Why a verification failed that needs keys from `url`.
  Status Failure(const std::string& url, CurlTransportOptions curl = {}) {
    RemoteJwkOptions options = At(url);
    options.request_timeout = milliseconds(300);
    Start(options, std::move(curl));
    return verifier_->Verify(key_.Token()).status();
  }

  FakeClock clock_;
  RemoteKey key_{"k"};
  std::unique_ptr<HttpTransport> transport_;
  std::unique_ptr<RemoteJwkSource> source_;
  std::unique_ptr<JwtVerifier> verifier_;
};

TEST_F(JwkOverHttp, R25_ARotationInTheMiddleOfTrafficLosesNoRequest) {
  constexpr std::size_t kThreads = 3;
  constexpr int kRotations = 30;
  HttpIssuer issuer;
  issuer.Rotate(4);
  Start(At(issuer.Url()));

  std::atomic<bool> done{false};
  std::atomic<int> refused{0};
  std::vector<std::atomic<int>> verified(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      while (!done) {
        const auto jwt = verifier_->Verify(issuer.Token());
        if (!jwt.ok()) {
          ++refused;
          ADD_FAILURE() << jwt.status().ToString();
        }
        ++verified[i];
      }
    });
  }
  const auto let_all_go_on = [&] {
    for (auto& count : verified) {
      const int until = count + 10;
      while (count < until) std::this_thread::yield();
    }
  };
  for (int i = 0; i < kRotations; ++i) {
    let_all_go_on();
    clock_.Advance(seconds(11));
    issuer.Rotate(4);
  }
  let_all_go_on();
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 0);
  // Each rotation was noticed by the first token of the new key.
  EXPECT_EQ(source_->generation(), 1u + kRotations);
}

TEST_F(JwkOverHttp, TheKeysOfAnIssuerAreDiscoveredAndKeptUpToDate) {
  HttpIssuer issuer;
  issuer.Rotate(2);
  RemoteJwkOptions options;
  options.fetch.issuer = issuer.Base();
  Start(options);
  EXPECT_TRUE(verifier_->Verify(issuer.Token()).ok());
  clock_.Advance(seconds(60));
  EXPECT_TRUE(verifier_->Verify(issuer.Token()).ok());
  const auto requests = issuer.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[1].find("If-None-Match"), std::string::npos);
  EXPECT_NE(requests[2].find("If-None-Match: \"1\""), std::string::npos);
  EXPECT_EQ(source_->generation(), 1u);
}

TEST_F(JwkOverHttp, R08_R24_ABodyWithoutEndIsCutOff) {
  RawServer server([](RawConnection& connection) {
    connection.ReadRequest();
    if (!connection.Write("HTTP/1.1 200 OK\r\n\r\n{\"keys\":[")) return;
    const std::string blanks(16 * 1024, ' ');
    while (connection.Write(blanks)) {
    }
  });
  EXPECT_EQ(Failure(server.Url()).reason(), Reason::kKeySetUnavailable);
  EXPECT_LT(server.written(), 16u * 1024 * 1024);
}

TEST_F(JwkOverHttp, AnIssuerThatSaysNothingIsGivenUp) {
  RawServer server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.WaitUntilGone();
  });
  EXPECT_EQ(Failure(server.Url()).reason(), Reason::kKeySetUnavailable);
}

TEST_F(JwkOverHttp, R01_ARedirectIsNotFollowed) {
  RawServer elsewhere(HttpAnswer("200 OK", "", SetOf({&key_})));
  RawServer server(
      HttpAnswer("302 Found", "Location: " + elsewhere.Url() + "\r\n", ""));
  EXPECT_EQ(Failure(server.Url()).reason(), Reason::kKeySetUnavailable);
  EXPECT_EQ(elsewhere.connections(), 0);
}

TEST_F(JwkOverHttp, R22_AnAddressOfAPrivateNetworkIsNotAskedInServerMode) {
  RawServer server(HttpAnswer("200 OK", "", SetOf({&key_})));
  CurlTransportOptions curl;
  curl.public_addresses_only = true;
  const Status why = Failure(server.Url(), curl);
  EXPECT_EQ(why.reason(), Reason::kKeySetUnavailable);
  EXPECT_NE(why.message().find("not a public one"), std::string_view::npos);
  EXPECT_EQ(server.connections(), 0);
}

}  // namespace
}  // namespace clone_auth
