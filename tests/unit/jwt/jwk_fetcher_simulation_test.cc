// Days of an issuer that fails, answers nonsense and rotates, and of a clock
// that is set: whatever happens, what must hold holds.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "clone/jwk_fetcher.h"
#include "unit/jwt/jwk_fetch.h"

namespace clone_auth {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Answer;
using testing::JwkFetch;
using testing::kKeysUrl;
using testing::kRealm;
using testing::MetadataOf;
using testing::SetOf;
using testing::WithIssuer;

class JwkFetchSimulation : public JwkFetch {
 protected:
  JwkFetchSimulation() {
    for (const auto& set : {SetOf({&one_}), SetOf({&two_}),
                            SetOf({&one_, &two_}), SetOf({&two_, &one_})}) {
      sets_.push_back(set);
      published_.push_back(
          JwkSet::Parse(set, JwkTrust::kRemote).value().ToPublicJson());
    }
  }

  int Draw(int below) {
    return static_cast<int>(chance_() % static_cast<unsigned>(below));
  }

  HttpResponse GoodAnswerTo(const HttpRequest& request) {
    if (request.target != kKeysUrl) {
      return Answer(200, MetadataOf(kRealm, kKeysUrl));
    }
    const int drawn = Draw(static_cast<int>(sets_.size()));
    return Answer(200, sets_[static_cast<std::size_t>(drawn)],
                  MaxAge(Draw(4000)));
  }

  Result<HttpResponse> AnswerTo(const HttpRequest& request) {
    switch (Draw(8)) {
      case 0:
        return Status(Reason::kTimeout);
      case 1:
        return Answer(500);
      case 2:
        return Answer(304);
      case 3:
        return Answer(404, "<html>");
      case 4:
        return Answer(200, R"({"keys":[]})");
      default:
        return GoodAnswerTo(request);
    }
  }

  void LetTimePass() {
    now_ += milliseconds(Draw(Draw(2) == 0 ? 2'000 : 4'000'000));
    if (Draw(50) == 0) now_ -= seconds(Draw(100'000));
    if (Draw(50) == 0) now_ += seconds(Draw(100'000));
  }

  /// What serves is what a good answer said, under a number of its own.
  void CheckWhatServes() {
    const JwkSet* const keys = fetcher_->KeysAt(now_);
    if (keys == nullptr) return;
    const std::string text = keys->ToPublicJson();
    ASSERT_NE(std::find(published_.begin(), published_.end(), text),
              published_.end());
    const bool is_same_set = text == last_text_;
    const bool is_same_number = fetcher_->generation() == last_generation_;
    ASSERT_EQ(is_same_set, is_same_number);
    last_text_ = text;
    last_generation_ = fetcher_->generation();
  }

  /// From any state, an issuer that is well is noticed within its backoff.
  void CheckRecovery() {
    for (int i = 0; i < 400; ++i, now_ += seconds(1)) {
      if (const auto request = Due()) Complete(GoodAnswerTo(*request));
      CheckWhatServes();
    }
    ASSERT_TRUE(Serves());
    ASSERT_TRUE(fetcher_->last_error().ok());
  }

  std::mt19937 chance_{7};
  std::vector<std::string> sets_;
  std::vector<std::string> published_;
  std::string last_text_;
  std::uint64_t last_generation_ = 0;
};

TEST_F(JwkFetchSimulation, WhateverHappensWhatServesIsGoodAndRecovers) {
  for (int day = 0; day < 100; ++day) {
    Start(WithIssuer());
    last_text_.clear();
    last_generation_ = 0;
    std::optional<HttpRequest> under_way;
    for (int step = 0; step < 200; ++step) {
      LetTimePass();
      if (auto request = Draw(3) == 0 ? Renewal() : Due()) {
        under_way = std::move(request);
      }
      if (under_way && Draw(3) != 0) {
        Complete(AnswerTo(*under_way));
        under_way.reset();
        ASSERT_FALSE(fetcher_->is_waiting());
      }
      CheckWhatServes();
    }
    now_ += seconds(61);
    CheckRecovery();
  }
}

}  // namespace
}  // namespace clone_auth
