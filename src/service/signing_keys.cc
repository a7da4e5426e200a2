#include "service/signing_keys.h"

#include <utility>

#include "service/time_text.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

static_assert(kSigningKeyPublishAhead >= 2 * kKeySetMaxAge,
              "a key must be known to every verifier before it signs");

constexpr std::chrono::hours kLongestAhead{24};

// Well below what a verifier takes in one key set, and what the key file
// holds.
constexpr std::size_t kMaxKeys = 32;

struct Prepared {
  JwkSet set;
  std::shared_ptr<const PublishedKeys> published;
};

Result<Prepared> Prepare(const SigningPlan& plan) {
  auto published = std::make_shared<PublishedKeys>();
  published->plan = plan;
  std::vector<const JwtSigningKey*> keys;
  for (const PlannedKey& planned : plan) {
    keys.push_back(planned.key.get());
    CLONE_AUTH_TRY_ASSIGN(JwtSigner signer, JwtSigner::Create(*planned.key));
    published->signers.push_back(std::move(signer));
  }
  CLONE_AUTH_TRY_ASSIGN(JwkSet set, JwkSet::Of(keys));
  published->json = set.ToPublicJson();
  return Prepared{std::move(set), std::move(published)};
}

SigningKeySummary Summarize(const SigningPlan& plan, std::size_t index,
                            WallTime now) {
  using State = SigningKeySummary::State;
  const PlannedKey& planned = plan[index];
  const std::size_t signing = SigningAt(plan, now);
  SigningKeySummary summary;
  summary.key_id = planned.key->key_id();
  summary.algorithm = planned.key->algorithm();
  summary.state = index < signing    ? State::kPublished
                  : index == signing ? State::kSigning
                                     : State::kRetired;
  summary.created_at = planned.created_at;
  summary.signs_from = planned.signs_from;
  summary.leaves_at = planned.leaves_at;
  return summary;
}

}  // namespace

Result<std::unique_ptr<SigningKeys>> SigningKeys::Create(
    const ServiceOptions& options, KeyFileInUse* file, const Clock* clock,
    RandomSource* random) {
  std::unique_ptr<SigningKeys> keys(
      new SigningKeys(options, file, clock, random));
  CLONE_AUTH_TRY(keys->Open());
  return keys;
}

SigningKeys::SigningKeys(const ServiceOptions& options, KeyFileInUse* file,
                         const Clock* clock, RandomSource* random)
    : algorithm_(options.algorithm),
      token_life_(TokenLife(options)),
      clock_(clock),
      random_(random),
      file_(file) {
  if (options.keep_algorithm) {
    algorithm_ = file_->With([](const KeyFile& saved) {
      return saved.signing_keys.front().key->algorithm();
    });
  }
}

Result<PlannedKey> SigningKeys::MakeKey(WallTime created_at,
                                        WallTime signs_from) const {
  CLONE_AUTH_TRY_ASSIGN(JwtSigningKey made,
                        JwtSigningKey::Generate(algorithm_));
  PlannedKey planned;
  planned.key = std::make_shared<const JwtSigningKey>(std::move(made));
  planned.created_at = created_at;
  planned.signs_from = signs_from;
  planned.token_life = token_life_;
  return planned;
}

Status SigningKeys::Open() {
  const Moment moment = MomentOf(*clock_);
  auto [plan, changed] = file_->With([](const KeyFile& saved) {
    return std::pair(saved.signing_keys, saved.is_outdated);
  });
  if (Lengthen(plan, moment.now, token_life_)) changed = true;
  StartCounting(plan, moment);
  if (service::DropDead(plan, moment)) changed = true;
  if (plan.front().key->algorithm() != algorithm_) {
    CLONE_AUTH_TRY_ASSIGN(
        PlannedKey made,
        MakeKey(moment.now, moment.now + kSigningKeyPublishAhead));
    AddSuccessor(plan, std::move(made), moment);
    changed = true;
  }
  return Publish(std::move(plan), changed);
}

Status SigningKeys::Publish(SigningPlan plan, bool save) {
  CLONE_AUTH_TRY_ASSIGN(Prepared prepared, Prepare(plan));
  if (save) {
    CLONE_AUTH_TRY(file_->With([&](KeyFile& file) {
      return file.Replace(std::move(plan), *random_);
    }));
  }
  // Verified before it signs: first the set, then what Published() gives.
  if (source_.has_value()) {
    source_->Replace(std::move(prepared.set));
  } else {
    source_.emplace(std::move(prepared.set));
  }
  const std::lock_guard lock(mutex_);
  published_ = std::move(prepared.published);
  return Status();
}

Result<SigningKeySummary> SigningKeys::Rotate(
    std::chrono::seconds publish_ahead) {
  if (publish_ahead < std::chrono::seconds(0) ||
      publish_ahead > kLongestAhead) {
    return Status(Reason::kInvalidArgument,
                  "A signing key is published from zero seconds to a day "
                  "ahead.");
  }
  const std::lock_guard lock(changing_);
  const Moment moment = MomentOf(*clock_);
  SigningPlan plan = Published()->plan;
  if (SigningAt(plan, moment.now) != 0) {
    return Status(Reason::kRotationPending,
                  "The key '" + plan.front().key->key_id() +
                      "' is published and signs from " +
                      ToText(plan.front().signs_from) + ".");
  }
  service::DropDead(plan, moment);
  if (plan.size() >= kMaxKeys) {
    return Status(Reason::kRotationPending,
                  "Too many keys wait for their last token to die.");
  }
  CLONE_AUTH_TRY_ASSIGN(PlannedKey made,
                        MakeKey(moment.now, moment.now + publish_ahead));
  AddSuccessor(plan, std::move(made), moment);
  const SigningKeySummary summary = Summarize(plan, 0, moment.now);
  CLONE_AUTH_TRY(Publish(std::move(plan), true));
  return summary;
}

Status SigningKeys::DropDead() {
  const std::lock_guard lock(changing_);
  SigningPlan plan = Published()->plan;
  if (!service::DropDead(plan, MomentOf(*clock_))) return Status();
  return Publish(std::move(plan), true);
}

std::vector<SigningKeySummary> SigningKeys::List() const {
  const auto published = Published();
  const WallTime now = MomentOf(*clock_).now;
  std::vector<SigningKeySummary> list;
  for (std::size_t i = 0; i < published->plan.size(); ++i) {
    list.push_back(Summarize(published->plan, i, now));
  }
  return list;
}

std::shared_ptr<const PublishedKeys> SigningKeys::Published() const {
  const std::lock_guard lock(mutex_);
  return published_;
}

}  // namespace clone_auth::service
