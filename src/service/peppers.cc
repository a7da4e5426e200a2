#include "service/peppers.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "service/try.h"

namespace clone_auth::service {
namespace {

// Rows of one transaction: a few milliseconds, for which other writes wait.
constexpr std::size_t kBatch = 500;

// One that no pepper has.
std::uint32_t NextId(const std::vector<Pepper>& peppers) {
  std::uint32_t highest = 0;
  for (const Pepper& pepper : peppers) highest = std::max(highest, pepper.id);
  if (highest != std::numeric_limits<std::uint32_t>::max()) return highest + 1;
  std::uint32_t free = 1;
  const auto is_taken = [&](const Pepper& pepper) { return pepper.id == free; };
  while (std::any_of(peppers.begin(), peppers.end(), is_taken)) ++free;
  return free;
}

const PepperUse* Find(const std::vector<PepperUse>& uses, std::uint32_t id) {
  const auto found =
      std::find_if(uses.begin(), uses.end(),
                   [&](const PepperUse& use) { return use.pepper_id == id; });
  return found == uses.end() ? nullptr : &*found;
}

bool IsNeeded(const std::vector<PepperUse>& uses, const Pepper& pepper) {
  const PepperUse* use = Find(uses, pepper.id);
  return use != nullptr && use->hashed > 0;
}

}  // namespace

Peppers::Peppers(KeyFileInUse* file, Store* store, RandomSource* random,
                 WorkerPool* pool)
    : file_(file), store_(store), random_(random), pool_(pool) {
  // Several of them are there after a rotation that was cut short, after a
  // restore, and as long as an older key needs one.
  unfinished_ = Copies().size() > 1;
}

std::vector<Pepper> Peppers::Copies() {
  return file_->With([](const KeyFile& file) { return file.CopyOfPeppers(); });
}

Status Peppers::Use(std::vector<Pepper> peppers) {
  CLONE_AUTH_TRY(file_->With([&](KeyFile& file) {
    return file.ReplacePeppers(std::move(peppers), *random_);
  }));
  CLONE_AUTH_TRY_ASSIGN(auto sealer, file_->With([](const KeyFile& file) {
    return file.MakeSealer();
  }));
  return store_->UseSealer(std::move(sealer), true);
}

Status Peppers::Rotate() {
  {
    const std::lock_guard lock(changing_);
    if (unfinished_) {
      return Status(Reason::kRotationPending,
                    "Rows are still being sealed with the newest pepper.");
    }
    CLONE_AUTH_TRY_ASSIGN(const std::size_t rows, store_->CountApiKeys());
    std::vector<Pepper> peppers = Copies();
    constexpr std::size_t kSecretSize = 32;
    Pepper made{NextId(peppers), Secret::OfSize(kSecretSize)};
    CLONE_AUTH_TRY(
        random_->Fill(made.secret.MutableBytes(), made.secret.size()));
    peppers.insert(peppers.begin(), std::move(made));
    CLONE_AUTH_TRY(Use(std::move(peppers)));
    last_ = 0;
    done_ = 0;
    total_ = rows;
    unfinished_ = true;
  }
  Resume();
  return Status();
}

void Peppers::Resume() {
  if (!unfinished_ || stopping_ || running_.exchange(true)) return;
  if (!pool_->Submit([this] { Step(); })) running_ = false;
}

// The next one lines up behind the writes that came meanwhile. What fails, or
// finds no place, is resumed a minute later.
void Peppers::Step() {
  if (stopping_) return;
  const auto batch = store_->ResealApiKeys(last_, kBatch);
  if (!batch.ok()) {
    running_ = false;
    return;
  }
  if (batch->read == 0) {
    const bool finished = Finish().ok();
    running_ = false;
    // Another one may have begun since.
    if (finished) Resume();
    return;
  }
  last_ = batch->last;
  done_ += batch->read;
  if (!pool_->Submit([this] { Step(); })) running_ = false;
}

Status Peppers::Finish() {
  // Whoever copies the database needs the peppers that it had.
  const std::unique_lock keeping(keeping_, std::try_to_lock);
  if (!keeping.owns_lock()) return Status(Reason::kRotationPending);
  CLONE_AUTH_TRY(store_->ForgetOldRows());
  CLONE_AUTH_TRY_ASSIGN(const std::vector<PepperUse> uses,
                        store_->CountPeppers());
  const std::lock_guard lock(changing_);
  std::vector<Pepper> peppers = Copies();
  const auto end =
      std::remove_if(std::next(peppers.begin()), peppers.end(),
                     [&](const Pepper& old) { return !IsNeeded(uses, old); });
  if (end != peppers.end()) {
    peppers.erase(end, peppers.end());
    CLONE_AUTH_TRY(Use(std::move(peppers)));
  }
  unfinished_ = false;
  return Status();
}

Status Peppers::CheckMayDrop(std::uint32_t id) {
  const std::vector<Pepper> peppers = Copies();
  const auto found =
      std::find_if(peppers.begin(), peppers.end(),
                   [&](const Pepper& pepper) { return pepper.id == id; });
  if (found == peppers.end()) {
    return Status(Reason::kNotFound, "No pepper has this id.");
  }
  return !unfinished_ && found != peppers.begin()
             ? Status()
             : Status(Reason::kRotationPending,
                      "Rows are sealed with this pepper.");
}

Status Peppers::Drop(std::uint32_t id) {
  const std::unique_lock keeping = KeepAll();
  const std::lock_guard lock(changing_);
  CLONE_AUTH_TRY(CheckMayDrop(id));
  std::vector<Pepper> peppers = Copies();
  peppers.erase(
      std::remove_if(peppers.begin(), peppers.end(),
                     [&](const Pepper& pepper) { return pepper.id == id; }),
      peppers.end());
  return Use(std::move(peppers));
}

PepperRotation Peppers::Progress() const {
  return {unfinished_, std::min(done_.load(), total_.load()), total_};
}

Result<std::vector<PepperSummary>> Peppers::List() {
  CLONE_AUTH_TRY_ASSIGN(const std::vector<PepperUse> uses,
                        store_->CountPeppers());
  std::vector<PepperSummary> list;
  file_->With([&](const KeyFile& file) {
    for (const Pepper& pepper : file.peppers) {
      const PepperUse* use = Find(uses, pepper.id);
      PepperSummary summary;
      summary.id = pepper.id;
      summary.seals = list.empty();
      if (use != nullptr) {
        summary.rows = use->sealed;
        summary.older_keys = use->hashed;
      }
      list.push_back(summary);
    }
    return true;
  });
  return list;
}

}  // namespace clone_auth::service
