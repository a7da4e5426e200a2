// Fetching in the threads that verify.

#include "clone/remote_jwk_source.h"

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "base/base64url.h"
#include "clone/testing/fake_clock.h"
#include "clone/testing/fake_random.h"
#include "clone/testing/fake_transport.h"
#include "gtest/gtest.h"
#include "unit/jwt/remote_keys.h"

namespace clone_auth {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::FakeClock;
using testing::FakeRandom;
using testing::FakeTransport;
using testing::RemoteKey;
using testing::RemotePolicy;
using testing::SetOf;

class RemoteJwk : public ::testing::Test {
 protected:
  static RemoteJwkOptions Options() {
    RemoteJwkOptions options;
    options.fetch.jwks_uri = "https://issuer.example/keys";
    return options;
  }

  void Start(RemoteJwkOptions options = Options()) {
    source_ = RemoteJwkSource::Create(std::move(options), &transport_, &clock_,
                                      &random_)
                  .value();
    verifier_ = std::make_unique<JwtVerifier>(
        JwtVerifier::Create(RemotePolicy(), source_.get(), &clock_).value());
  }

  Reason ReasonOf(const std::string& token) {
    const auto jwt = verifier_->Verify(token);
    return jwt.ok() ? Reason::kNone : jwt.status().reason();
  }

  void Publish(const std::vector<const RemoteKey*>& keys) {
    const std::lock_guard lock(mutex_);
    published_ = SetOf(keys);
  }

  Result<HttpResponse> Answer() {
    const std::lock_guard lock(mutex_);
    if (published_.empty()) return Status(Reason::kUnreachable);
    return HttpResponse{200, {{"Cache-Control", "max-age=1000"}}, published_};
  }

  FakeClock clock_;
  FakeRandom random_;
  FakeTransport transport_{[this](const HttpRequest&) { return Answer(); }};
  std::unique_ptr<RemoteJwkSource> source_;
  std::unique_ptr<JwtVerifier> verifier_;
  RemoteKey one_{"one"};
  RemoteKey two_{"two"};

 private:
  std::mutex mutex_;
  std::string published_;
};

TEST_F(RemoteJwk, FetchesForTheFirstTokenAndThenServesFromMemory) {
  Publish({&one_});
  Start();
  EXPECT_EQ(transport_.count(), 0u);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(ReasonOf(one_.Token()), Reason::kNone);
  }
  EXPECT_EQ(transport_.count(), 1u);
  EXPECT_EQ(transport_.last_limits().max_body, 256u * 1024);
  EXPECT_EQ(transport_.last_limits().total, seconds(5));
}

TEST_F(RemoteJwk, R24_WithoutAnyKeysATokenIsNeitherGoodNorBad) {
  Start();
  const auto jwt = verifier_->Verify(one_.Token());
  EXPECT_EQ(jwt.status().reason(), Reason::kKeySetUnavailable);
  EXPECT_EQ(jwt.status().code(), StatusCode::kUnavailable);
  Publish({&one_});
  clock_.Advance(seconds(2));
  EXPECT_EQ(ReasonOf(one_.Token()), Reason::kNone);
}

TEST_F(RemoteJwk, AnIssuerThatIsDownIsNotAskedByEveryToken) {
  Start();
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(ReasonOf(one_.Token()), Reason::kKeySetUnavailable);
  }
  EXPECT_EQ(transport_.count(), 1u);
}

TEST_F(RemoteJwk, R25_ANewKeyIsFoundByTheFirstTokenThatNamesIt) {
  Publish({&one_});
  Start();
  EXPECT_EQ(ReasonOf(one_.Token()), Reason::kNone);
  Publish({&one_, &two_});
  EXPECT_EQ(ReasonOf(two_.Token()), Reason::kNone);
  EXPECT_EQ(ReasonOf(one_.Token()), Reason::kNone);
  EXPECT_EQ(transport_.count(), 2u);
}

TEST_F(RemoteJwk, WhoeverComesLateToARotationIsToldOfItAndSendsNothing) {
  Publish({&one_});
  Start();
  ASSERT_TRUE(source_->Current(clock_.Now()).ok());
  const std::uint64_t seen = source_->generation();
  Publish({&one_, &two_});
  EXPECT_TRUE(source_->Renew(seen, clock_.Now()).value());
  EXPECT_TRUE(source_->Renew(seen, clock_.Now()).value());
  EXPECT_FALSE(source_->Renew(source_->generation(), clock_.Now()).value());
  EXPECT_EQ(transport_.count(), 2u);
}

TEST_F(RemoteJwk, R23_AHundredThousandUnknownKeysCauseOneFetchPerCooldown) {
  Publish({&one_});
  Start();
  const std::string good = one_.Token();
  EXPECT_EQ(ReasonOf(good), Reason::kNone);
  const std::string rest = good.substr(good.find('.'));
  for (int i = 0; i < 100'000; ++i) {
    const std::string header =
        R"({"alg":"EdDSA","typ":"at+jwt","kid":")" + std::to_string(i) + "\"}";
    ASSERT_EQ(ReasonOf(Base64UrlEncode(header) + rest),
              Reason::kTokenKeyUnknown);
    clock_.Advance(milliseconds(1));
  }
  // 100 s of them, 10 s a cooldown.
  EXPECT_EQ(transport_.count(), 1u + 10u);
}

TEST_F(RemoteJwk, AnUnknownKeyOfAnIssuerThatIsDownIsAnOutage) {
  Publish({&one_});
  Start();
  EXPECT_EQ(ReasonOf(one_.Token()), Reason::kNone);
  Publish({&two_});
  transport_.Push(503, "", {{"Retry-After", "60"}});
  EXPECT_EQ(ReasonOf(two_.Token()), Reason::kKeySetUnavailable);
  EXPECT_EQ(ReasonOf(two_.Token()), Reason::kKeySetUnavailable);
  EXPECT_EQ(ReasonOf(one_.Token()), Reason::kNone);
  EXPECT_EQ(source_->last_error().reason(), Reason::kServerError);
  EXPECT_EQ(transport_.count(), 2u);
  clock_.Advance(seconds(70));
  EXPECT_EQ(ReasonOf(two_.Token()), Reason::kNone);
  EXPECT_TRUE(source_->last_error().ok());
}

TEST_F(RemoteJwk, R24_OldKeysServeForADayWhileTheIssuerIsDown) {
  Publish({&one_});
  Start();
  EXPECT_EQ(ReasonOf(one_.Token()), Reason::kNone);
  const WallTime end = clock_.Now() + seconds(1000) + hours(24);
  transport_.Push(Status(Reason::kUnreachable));
  while (clock_.Now() < end) {
    transport_.Push(Status(Reason::kUnreachable));
    ASSERT_EQ(ReasonOf(one_.Token()), Reason::kNone);
    clock_.Advance(
        std::min<WallTime::duration>(seconds(50), end - clock_.Now()));
  }
  for (int i = 0; i < 5; ++i) transport_.Push(Status(Reason::kUnreachable));
  EXPECT_EQ(ReasonOf(one_.Token()), Reason::kKeySetUnavailable);
}

TEST_F(RemoteJwk, AHostThatCallsInTimeKeepsFetchesOutOfItsRequests) {
  Publish({&one_});
  Start();
  WallTime next = source_->RunDue(clock_.Now());
  for (int i = 0; i < 5000; ++i) {
    // Its timer may be late by some seconds.
    if (clock_.Now() >= next + seconds(3)) {
      next = source_->RunDue(clock_.Now());
    }
    const std::size_t before = transport_.count();
    EXPECT_EQ(ReasonOf(one_.Token()), Reason::kNone);
    EXPECT_EQ(transport_.count(), before);
    clock_.Advance(seconds(1));
  }
  EXPECT_GE(transport_.count(), 5u);
  EXPECT_LE(transport_.count(), 7u);
}

TEST_F(RemoteJwk, WithoutSuchAHostARequestRefreshesBeforeTheEnd) {
  Publish({&one_});
  Start();
  for (int i = 0; i < 906; ++i) {
    EXPECT_EQ(ReasonOf(one_.Token()), Reason::kNone);
    clock_.Advance(seconds(1));
  }
  EXPECT_EQ(transport_.count(), 2u);
}

/// A source whose fetches are held up until the test lets them go.
class HeldUp : public RemoteJwk {
 protected:
  void HoldUp() {
    FakeTransport::Handler handler = [this](const HttpRequest&) {
      asked_.set_value();
      go_.get_future().wait();
      return Answer();
    };
    held_ = std::make_unique<FakeTransport>(std::move(handler));
  }

  void StartHeld(RemoteJwkOptions options = Options()) {
    HoldUp();
    source_ = RemoteJwkSource::Create(std::move(options), held_.get(), &clock_,
                                      &random_)
                  .value();
    verifier_ = std::make_unique<JwtVerifier>(
        JwtVerifier::Create(RemotePolicy(), source_.get(), &clock_).value());
  }

  std::future<Reason> Verify(const std::string& token) {
    return std::async(std::launch::async,
                      [this, token] { return ReasonOf(token); });
  }

  std::promise<void> asked_;
  std::promise<void> go_;
  std::unique_ptr<FakeTransport> held_;
};

TEST_F(HeldUp, AllWhoAskAtOnceShareOneFetch) {
  Publish({&one_});
  StartHeld();
  std::vector<std::future<Reason>> verdicts;
  for (int i = 0; i < 8; ++i) verdicts.push_back(Verify(one_.Token()));
  asked_.get_future().wait();
  go_.set_value();
  for (auto& verdict : verdicts) EXPECT_EQ(verdict.get(), Reason::kNone);
  EXPECT_EQ(held_->count(), 1u);
}

TEST_F(HeldUp, WhoeverWaitsTooLongIsToldOfAnOutage) {
  RemoteJwkOptions options = Options();
  options.wait = milliseconds(0);
  Publish({&one_});
  StartHeld(options);
  auto first = Verify(one_.Token());
  asked_.get_future().wait();
  EXPECT_EQ(ReasonOf(one_.Token()), Reason::kKeySetUnavailable);
  go_.set_value();
  EXPECT_EQ(first.get(), Reason::kNone);
  EXPECT_EQ(ReasonOf(one_.Token()), Reason::kNone);
}

TEST_F(RemoteJwk, NeedsItsPartsAndTime) {
  const auto reason_of = [this](const RemoteJwkOptions& options) {
    return RemoteJwkSource::Create(options, &transport_, &clock_, &random_)
        .status()
        .reason();
  };
  EXPECT_EQ(reason_of({}), Reason::kInvalidArgument);
  for (const int bad : {0, 30'001}) {
    RemoteJwkOptions options = Options();
    options.request_timeout = milliseconds(bad);
    EXPECT_EQ(reason_of(options), Reason::kInvalidArgument);
  }
  for (const int bad : {-1, 30'001}) {
    RemoteJwkOptions options = Options();
    options.wait = milliseconds(bad);
    EXPECT_EQ(reason_of(options), Reason::kInvalidArgument);
  }
  EXPECT_FALSE(
      RemoteJwkSource::Create(Options(), nullptr, &clock_, &random_).ok());
  EXPECT_FALSE(
      RemoteJwkSource::Create(Options(), &transport_, nullptr, &random_).ok());
  EXPECT_FALSE(
      RemoteJwkSource::Create(Options(), &transport_, &clock_, nullptr).ok());
}

}  // namespace
}  // namespace clone_auth
