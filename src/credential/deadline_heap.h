#pragma once

// Ids in the order of their keys: a heap in which every node has four
// children, and that can change or take out any id, because each id's place
// in it is written down. The places belong to the caller, `places(id)`, since
// an id is in one of several heaps at a time. 12 bytes an id, places aside; no
// operation takes more than a walk from leaf to root.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "credential/chunked_array.h"

namespace clone_auth {

class DeadlineHeap {
 public:
  static constexpr std::size_t kBytesOfOne =
      sizeof(std::uint64_t) + sizeof(std::uint32_t);

  bool empty() const { return ids_.empty(); }
  std::size_t size() const { return ids_.size(); }

  /// The id with the least key. The heap is not empty.
  std::uint32_t top() const { return ids_[0]; }
  std::uint64_t top_key() const { return keys_[0]; }

  /// `id` is not in the heap. `places(id)` yields a std::uint32_t&.
  template <typename Places>
  void Push(std::uint32_t id, std::uint64_t key, Places&& places) {
    keys_.PushBack(key);
    ids_.PushBack(id);
    Rise(ids_.size() - 1, {key, id}, places);
  }

  /// `id` is in the heap.
  template <typename Places>
  void Move(std::uint32_t id, std::uint64_t key, Places&& places) {
    Settle(places(id), {key, id}, places);
  }

  template <typename Places>
  void Remove(std::uint32_t id, Places&& places) {
    const std::size_t hole = places(id);
    const std::size_t last = ids_.size() - 1;
    const Node moved{keys_[last], ids_[last]};
    keys_.PopBack();
    ids_.PopBack();
    if (hole != last) Settle(hole, moved, places);
  }

 private:
  static constexpr std::size_t kChildren = 4;

  struct Node {
    std::uint64_t key;
    std::uint32_t id;
  };

  template <typename Places>
  void Put(std::size_t at, Node node, Places& places) {
    keys_[at] = node.key;
    ids_[at] = node.id;
    places(node.id) = static_cast<std::uint32_t>(at);
  }

  /// Puts `node` where it belongs, of the path through the hole at `at`.
  template <typename Places>
  void Settle(std::size_t at, Node node, Places& places) {
    const bool rises = at > 0 && node.key < keys_[(at - 1) / kChildren];
    rises ? Rise(at, node, places) : Sink(at, node, places);
  }

  template <typename Places>
  void Rise(std::size_t at, Node node, Places& places) {
    while (at > 0) {
      const std::size_t parent = (at - 1) / kChildren;
      if (keys_[parent] <= node.key) break;
      Put(at, {keys_[parent], ids_[parent]}, places);
      at = parent;
    }
    Put(at, node, places);
  }

  template <typename Places>
  void Sink(std::size_t at, Node node, Places& places) {
    for (;;) {
      const std::size_t first = at * kChildren + 1;
      if (first >= ids_.size()) break;
      const std::size_t end = std::min(first + kChildren, ids_.size());
      std::size_t least = first;
      for (std::size_t child = first + 1; child < end; ++child) {
        if (keys_[child] < keys_[least]) least = child;
      }
      if (node.key <= keys_[least]) break;
      Put(at, {keys_[least], ids_[least]}, places);
      at = least;
    }
    Put(at, node, places);
  }

  ChunkedArray<std::uint64_t> keys_;
  ChunkedArray<std::uint32_t> ids_;
};

}  // namespace clone_auth
