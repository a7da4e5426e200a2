#pragma once

// The faults that wait, and which of them befalls a request. Not for sharing
// between threads.

#include <cstddef>
#include <list>
#include <optional>
#include <string_view>
#include <utility>

#include "clone/testing/fault.h"

namespace clone_auth::testing {

enum class RequestClass {
  kRefresh,
  kPoll,
  kOther,
};

class FaultPlan {
 public:
  void Add(Fault fault) { waiting_.push_back(std::move(fault)); }
  void Clear() { waiting_.clear(); }
  std::size_t pending() const;

  /// The first fault that can befall such a request; it has befallen then.
  std::optional<Fault> Take(RequestClass request, std::string_view path);

 private:
  std::list<Fault> waiting_;
};

}  // namespace clone_auth::testing
