#pragma once

// Values by id that any number of threads look up without a lock and without
// writing anything, while one at a time adds and takes away; whoever changes
// it brings a mutex. Open addressing, at most half full, in tables of pointers
// that are never freed: a value that was taken away and a table that was
// replaced are used again, and a reader who meets one notices.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <vector>

#include "clone/uuid.h"

namespace clone_auth::service {

/// An id that is read while it is written. Nil where none is.
class AtomicUuid {
 public:
  void Store(const Uuid& id) {
    std::uint64_t high, low;
    std::memcpy(&high, id.bytes.data(), sizeof high);
    std::memcpy(&low, id.bytes.data() + sizeof high, sizeof low);
    high_.store(high, std::memory_order_release);
    low_.store(low, std::memory_order_release);
  }

  Uuid Load() const {
    const std::uint64_t high = high_.load(std::memory_order_acquire);
    const std::uint64_t low = low_.load(std::memory_order_acquire);
    Uuid id;
    std::memcpy(id.bytes.data(), &high, sizeof high);
    std::memcpy(id.bytes.data() + sizeof high, &low, sizeof low);
    return id;
  }

 private:
  std::atomic<std::uint64_t> high_{0};
  std::atomic<std::uint64_t> low_{0};
};

/// `Value` is made without arguments. Where values are erased, its members are
/// atomic.
template <typename Value>
class IdMap {
 public:
  IdMap() { UseTable(kFirstSize); }

  /// The value, for as long as the map; null where there is none. For maps
  /// that nothing is erased from.
  Value* Find(const Uuid& id) const {
    Node* node = FindNode(id);
    return node == nullptr ? nullptr : &node->value;
  }

  /// Calls `use` with the value. False where there is none, or it was erased
  /// in between and what `use` saw may be another's.
  template <typename Use>
  bool Read(const Uuid& id, Use use) const {
    const Node* node = FindNode(id);
    if (node == nullptr) return false;
    use(node->value);
    return node->id.Load() == id;
  }

  /// Calls `use` with every value, in no order. For maps that nothing is
  /// erased from.
  template <typename Use>
  void ForEach(Use use) const {
    const Table* table = current_.load(std::memory_order_acquire);
    for (std::size_t at = 0; at < table->size; ++at) {
      const Node* node = table->slots[at].load(std::memory_order_acquire);
      if (node != nullptr) use(node->value);
    }
  }

  /// `id` is not in the map, nor nil. `fill` is called with the value before
  /// anybody can find it.
  template <typename Fill>
  void Insert(const Uuid& id, Fill fill) {
    if ((used_ + 1) * 2 > current_.load()->size) Rebuild();
    Node* node = nullptr;
    if (free_.empty()) {
      node = &nodes_.emplace_back();
    } else {
      node = free_.back();
      free_.pop_back();
    }
    fill(node->value);
    node->id.Store(id);
    Put(*current_.load(), id, node);
    ++used_;
    size_.fetch_add(1);
  }

  void Erase(const Uuid& id) {
    Node* node = FindNode(id);
    if (node == nullptr) return;
    // Its slot goes on pointing to it until the table is replaced.
    node->id.Store(Uuid{});
    free_.push_back(node);
    size_.fetch_sub(1);
  }

  std::size_t size() const { return size_.load(); }

  /// Slots in all tables.
  std::size_t slots() const {
    std::size_t all = 0;
    for (const auto& table : tables_) all += table->size;
    return all;
  }

 private:
  static constexpr std::size_t kFirstSize = 64;

  struct Node {
    AtomicUuid id;
    Value value;
  };

  struct Table {
    explicit Table(std::size_t a_size)
        : size(a_size),
          mask(a_size - 1),
          slots(new std::atomic<Node*>[a_size]()) {}
    const std::size_t size;  // a power of two
    const std::size_t mask;
    const std::unique_ptr<std::atomic<Node*>[]> slots;
  };

  // Ids that others made need not be random.
  static std::size_t HashOf(const Uuid& id) {
    constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
    std::uint64_t high, low;
    std::memcpy(&high, id.bytes.data(), sizeof high);
    std::memcpy(&low, id.bytes.data() + sizeof high, sizeof low);
    const std::uint64_t hash = (high * kOdd ^ low) * kOdd;
    return static_cast<std::size_t>(hash ^ (hash >> 32));
  }

  Node* FindNode(const Uuid& id) const {
    if (id.IsNil()) return nullptr;
    for (;;) {
      const std::uint64_t reuses = reuses_.load(std::memory_order_acquire);
      const Table& table = *current_.load(std::memory_order_acquire);
      for (std::size_t at = HashOf(id);; ++at) {
        Node* node =
            table.slots[at & table.mask].load(std::memory_order_acquire);
        if (node == nullptr) break;
        if (node->id.Load() == id) return node;
      }
      // What is missing from a table that was emptied meanwhile is in the
      // next one.
      if (reuses_.load(std::memory_order_acquire) == reuses) return nullptr;
    }
  }

  static void Put(Table& table, const Uuid& id, Node* node) {
    std::size_t at = HashOf(id);
    while (table.slots[at & table.mask].load() != nullptr) ++at;
    table.slots[at & table.mask].store(node, std::memory_order_release);
  }

  /// A table of this size that is empty, an earlier one if there is one.
  Table* EmptyTable(std::size_t size) {
    for (const auto& table : tables_) {
      if (table->size != size || table.get() == current_.load()) continue;
      reuses_.fetch_add(1);
      for (std::size_t at = 0; at < size; ++at) {
        table->slots[at].store(nullptr, std::memory_order_release);
      }
      return table.get();
    }
    return tables_.emplace_back(std::make_unique<Table>(size)).get();
  }

  void UseTable(std::size_t size) {
    Table* table = EmptyTable(size);
    for (Node& node : nodes_) {
      const Uuid id = node.id.Load();
      if (!id.IsNil()) Put(*table, id, &node);
    }
    used_ = size_.load();
    current_.store(table, std::memory_order_release);
  }

  // Twice as large where more than a quarter is in use, so that it is not
  // rebuilt all the time.
  void Rebuild() {
    const std::size_t size = current_.load()->size;
    UseTable(size_.load() * 4 > size ? size * 2 : size);
  }

  std::atomic<Table*> current_{nullptr};
  /// How often a table was emptied to be used again.
  std::atomic<std::uint64_t> reuses_{0};
  std::atomic<std::size_t> size_{0};

  // For whoever changes it.
  std::deque<Node> nodes_;
  std::vector<Node*> free_;
  std::vector<std::unique_ptr<Table>> tables_;
  std::size_t used_ = 0;  ///< slots of the current table
};

}  // namespace clone_auth::service
