#pragma once

// A fixed number of things, each of which serves one thread at a time: it is
// used without a lock, and what a thread that ended left in it serves the next
// one.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace clone_auth {

template <typename T>
class LentToThreads {
 public:
  explicit LentToThreads(std::vector<std::unique_ptr<T>> things)
      : pool_(std::make_shared<Pool>(std::move(things))) {}

  /// This thread's; null while as many other threads have one as there are.
  T* Mine() const {
    Slot& slot = SlotOf(pool_->id);
    if (slot.pool != pool_->id) slot.TakeFrom(pool_);
    if (slot.thing == nullptr && ++slot.refusals % kAskAgain == 0) {
      slot.TakeFrom(pool_);
    }
    return slot.thing.get();
  }

 private:
  // Asking takes a lock, so a thread that got none does not ask every time.
  static constexpr std::uint32_t kAskAgain = 1024;
  static constexpr std::size_t kSlots = 8;

  struct Pool {
    explicit Pool(std::vector<std::unique_ptr<T>> things)
        : free(std::move(things)) {}

    std::unique_ptr<T> Take() {
      const std::lock_guard lock(mutex);
      if (free.empty()) return nullptr;
      std::unique_ptr<T> thing = std::move(free.back());
      free.pop_back();
      return thing;
    }

    void Return(std::unique_ptr<T> thing) {
      const std::lock_guard lock(mutex);
      free.push_back(std::move(thing));
    }

    const std::uint64_t id = NextId();
    std::mutex mutex;
    std::vector<std::unique_ptr<T>> free;
  };

  // One thread's place for one pool, which another one may occupy. It does not
  // keep the pool.
  struct Slot {
    Slot() = default;
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot() { GiveBack(); }

    void GiveBack() {
      const std::shared_ptr<Pool> from = owner.lock();
      if (thing != nullptr && from != nullptr) from->Return(std::move(thing));
      thing.reset();
    }

    void TakeFrom(const std::shared_ptr<Pool>& from) {
      GiveBack();
      pool = from->id;
      owner = from;
      thing = from->Take();
    }

    std::uint64_t pool = 0;  // unique in this process; 0: empty
    std::uint32_t refusals = 0;
    std::weak_ptr<Pool> owner;
    std::unique_ptr<T> thing;
  };

  static std::uint64_t NextId() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
  }

  static Slot& SlotOf(std::uint64_t id) {
    static thread_local std::array<Slot, kSlots> slots;
    return slots[id % kSlots];
  }

  std::shared_ptr<Pool> pool_;
};

}  // namespace clone_auth
