#pragma once

// A table of callbacks that a caller gave us.

#include <algorithm>
#include <cstddef>
#include <utility>

#include "capi/handle.h"

namespace clone_auth::capi {

/// No table will ever be larger; more is not one.
inline constexpr std::size_t kMaxTableSize = 4096;

/// Takes a table over: from here on `destroy` is called exactly once, unless
/// the table's size says that it is none.
template <typename Table>
class Callbacks {
 public:
  explicit Callbacks(const Table* table) noexcept {
    if (table == nullptr || table->struct_size < sizeof(Table) ||
        table->struct_size > kMaxTableSize) {
      return;
    }
    table_ = *table;
    // A caller of a newer header may have filled in what we do not know.
    const auto* bytes = reinterpret_cast<const unsigned char*>(table);
    usable_ = std::all_of(bytes + sizeof(Table), bytes + table->struct_size,
                          [](unsigned char byte) { return byte == 0; });
  }

  Callbacks(Callbacks&& other) noexcept
      : table_(std::exchange(other.table_, Table())),
        usable_(std::exchange(other.usable_, false)) {}
  Callbacks& operator=(Callbacks&&) = delete;

  ~Callbacks() {
    if (table_.destroy == nullptr) return;
    const ErrnoKeeper keeper;
    try {
      table_.destroy(table_.user_data);
    } catch (...) {
      // There is nobody left to tell.
    }
  }

  bool usable() const { return usable_; }
  const Table& operator*() const { return table_; }
  const Table* operator->() const { return &table_; }

 private:
  Table table_{};
  bool usable_ = false;
};

}  // namespace clone_auth::capi
