#pragma once

// Either a value or the Status that says why there is none. There is no
// implicit bool: ask ok(). Reading the value of a failed Result ends the
// process with the reason on standard error, because going on would mean
// trusting something that was refused.

#include <optional>
#include <type_traits>
#include <utility>

#include "clone/status.h"

namespace clone_auth {

namespace internal {
[[noreturn]] void DieOfUncheckedResult(const Status& status);
[[noreturn]] void DieOfOkWithoutValue();
}  // namespace internal

template <typename T>
class [[nodiscard]] Result {
 public:
  /// A failure. `status` must not be ok.
  Result(Status status) : status_(std::move(status)) {  // NOLINT: implicit
    if (status_.ok()) internal::DieOfOkWithoutValue();
  }

  /// A value, or anything that one can be made of.
  template <typename U = T, typename = std::enable_if_t<
                                std::is_convertible_v<U&&, T> &&
                                !std::is_same_v<std::decay_t<U>, Result> &&
                                !std::is_same_v<std::decay_t<U>, Status>>>
  Result(U&& value) : value_(std::forward<U>(value)) {}  // NOLINT: implicit

  bool ok() const { return value_.has_value(); }
  const Status& status() const& { return status_; }
  Status&& status() && { return std::move(status_); }

  T& value() & { return Checked(), *value_; }
  const T& value() const& { return Checked(), *value_; }
  T&& value() && { return Checked(), std::move(*value_); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  void Checked() const {
    if (!value_.has_value()) internal::DieOfUncheckedResult(status_);
  }

  Status status_;
  std::optional<T> value_;
};

}  // namespace clone_auth
