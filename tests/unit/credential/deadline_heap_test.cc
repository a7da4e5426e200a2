#include "credential/deadline_heap.h"

#include <cstdint>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace clone_auth {
namespace {

/// The heap beside the slow and obvious thing that it must agree with.
class Pair {
  auto place() {
    return [this](std::uint32_t id) -> std::uint32_t& { return places_[id]; };
  }

 public:
  explicit Pair(std::uint32_t ids) : places_(ids), entries_(ids) {
    for (auto& entry : entries_) entry = reference_.end();
  }

  bool Has(std::uint32_t id) const { return entries_[id] != reference_.end(); }

  void Push(std::uint32_t id, std::uint64_t key) {
    heap_.Push(id, key, place());
    entries_[id] = reference_.emplace(key, id);
  }
  void Move(std::uint32_t id, std::uint64_t key) {
    heap_.Move(id, key, place());
    reference_.erase(entries_[id]);
    entries_[id] = reference_.emplace(key, id);
  }
  void Remove(std::uint32_t id) {
    heap_.Remove(id, place());
    reference_.erase(entries_[id]);
    entries_[id] = reference_.end();
  }
  /// Takes the top out of both. Of equal keys the heap may choose.
  void Pop() {
    const std::uint32_t top = heap_.top();
    ASSERT_TRUE(Has(top));
    ASSERT_EQ(entries_[top]->first, reference_.begin()->first);
    Remove(top);
  }

  void ExpectSame() const {
    ASSERT_EQ(heap_.size(), reference_.size());
    ASSERT_EQ(heap_.empty(), reference_.empty());
    if (!heap_.empty()) {
      ASSERT_EQ(heap_.top_key(), reference_.begin()->first);
    }
  }

 private:
  DeadlineHeap heap_;
  std::vector<std::uint32_t> places_;
  std::multimap<std::uint64_t, std::uint32_t> reference_;
  std::vector<std::multimap<std::uint64_t, std::uint32_t>::iterator> entries_;
};

void PlayRandomOperations(std::uint64_t seed, std::uint32_t ids,
                          std::uint64_t keys, int rounds) {
  std::mt19937_64 random(seed);
  Pair pair(ids);
  for (int i = 0; i < rounds && !::testing::Test::HasFatalFailure(); ++i) {
    const auto id = static_cast<std::uint32_t>(random() % ids);
    const std::uint64_t key = random() % keys;
    if (!pair.Has(id)) {
      pair.Push(id, key);
    } else if (random() % 4 == 0) {
      pair.Remove(id);
    } else if (random() % 4 == 0) {
      pair.Pop();
    } else {
      pair.Move(id, key);
    }
    pair.ExpectSame();
  }
}

TEST(DeadlineHeap, AgreesWithAMultimapWhateverIsDoneToIt) {
  PlayRandomOperations(1, 20'000, UINT64_MAX, 200'000);
}

TEST(DeadlineHeap, AgreesWithAMultimapWhereManyKeysAreEqual) {
  PlayRandomOperations(2, 300, 8, 100'000);
}

TEST(DeadlineHeap, AgreesWithAMultimapWhileItIsAlmostEmpty) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    PlayRandomOperations(seed, 6, 100, 200);
  }
}

TEST(DeadlineHeap, YieldsWhatWasPutInInOrder) {
  std::vector<std::uint32_t> places(10'000);
  const auto place = [&](std::uint32_t id) -> std::uint32_t& {
    return places[id];
  };
  DeadlineHeap heap;
  for (std::uint32_t id = 0; id < 10'000; ++id) {
    heap.Push(id, (id * std::uint64_t{7'919}) % 10'007, place);
  }
  std::uint64_t last = 0;
  for (; !heap.empty(); heap.Remove(heap.top(), place)) {
    ASSERT_GE(heap.top_key(), last);
    last = heap.top_key();
  }
}

TEST(DeadlineHeap, OrdersKeysBeyondThirtyTwoBits) {
  std::vector<std::uint32_t> places(2);
  const auto place = [&](std::uint32_t id) -> std::uint32_t& {
    return places[id];
  };
  DeadlineHeap heap;
  heap.Push(0, (std::uint64_t{1} << 32) + 1, place);
  heap.Push(1, 2, place);
  EXPECT_EQ(heap.top(), 1u);
  heap.Move(1, UINT64_MAX, place);
  EXPECT_EQ(heap.top(), 0u);
}

}  // namespace
}  // namespace clone_auth
