#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "clone/rest_client.h"
#include "clone/testing/fake_clock.h"
#include "clone/testing/fake_random.h"
#include "clone/testing/fake_transport.h"
#include "support/scheme.h"

namespace clone_auth::testing {

/// A source whose key changes with each renewal, as far as it can renew.
class StubSource final : public CredentialSource {
 public:
  explicit StubSource(int renewals = 0) : renewals_(renewals) {}

  Result<CredentialHeader> HeaderFor(std::string_view /*method*/,
                                     std::string_view /*url*/) override {
    const std::lock_guard lock(mutex_);
    if (!failure_.ok()) return failure_;
    thread_local std::string value;
    value = Key(generation_);
    return CredentialHeader{TestScheme().header, value, generation_};
  }

  bool Renew(std::uint64_t generation) override {
    const std::lock_guard lock(mutex_);
    ++asked_;
    if (generation != generation_) return true;
    if (renewals_ == 0) return false;
    --renewals_;
    ++generation_;
    return true;
  }

  void FailWith(Status failure) { failure_ = std::move(failure); }
  int asked() const { return asked_; }

  static std::string Key(std::uint64_t generation) {
    return TestScheme().prefix + "canary" + std::to_string(generation);
  }

 private:
  std::mutex mutex_;
  Status failure_;
  std::uint64_t generation_ = 1;
  int renewals_;
  int asked_ = 0;
};

/// A client whose transport, clock, randomness and credential are scripted.
class ClientTest : public ::testing::Test {
 protected:
  ClientTest() { Make(std::make_shared<StubSource>()); }

  void Make(std::shared_ptr<StubSource> with,
            std::string base_url = "https://api.example") {
    source = std::move(with);
    RestClientOptions options;
    options.base_url = std::move(base_url);
    options.credentials = source;
    options.transport = transport;
    options.clock = &clock;
    options.random = &random;
    auto made = RestClient::Create(std::move(options));
    ASSERT_TRUE(made.ok()) << made.status().ToString();
    client = std::move(made).value();
  }

  void PushJson(int status, std::string body, HttpHeaders headers = {}) {
    headers.Add("Content-Type", "application/json");
    transport->Push(status, std::move(body), std::move(headers));
  }

  /// The key of the last request; empty where it had none.
  std::string LastKey() const {
    const HttpRequest request = transport->last_request();
    const std::string* const value = request.headers.Find(TestScheme().header);
    return value != nullptr ? *value : "";
  }

  std::shared_ptr<FakeTransport> transport = std::make_shared<FakeTransport>();
  std::shared_ptr<StubSource> source;
  FakeClock clock;
  FakeRandom random;
  std::unique_ptr<RestClient> client;
};

}  // namespace clone_auth::testing
