#pragma once

// What every function of the C interface is made of: handles that know their
// type, arguments that are checked, and a fence that no exception passes.

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <new>
#include <string_view>
#include <utility>

#include "clone/c_base.h"
#include "clone/secret.h"
#include "clone/status.h"

namespace clone_auth::capi {

/// Stands at the start of every handle and says which type it is, until it is
/// freed.
struct Tagged {
  explicit Tagged(std::uint64_t value) : tag(value) {}
  Tagged(const Tagged&) = delete;
  Tagged& operator=(const Tagged&) = delete;
  ~Tagged() { *const_cast<volatile std::uint64_t*>(&tag) = 0; }

  std::uint64_t tag;
};

/// The base of handle type number `kNumber`.
template <std::uint64_t kNumber>
struct Handle : Tagged {
  static constexpr std::uint64_t kTag = 0x636c'6f6e'6561'0000 + kNumber;
  Handle() : Tagged(kTag) {}
};

/// errno leaves the scope as it came.
class ErrnoKeeper {
 public:
  ErrnoKeeper() : errno_(errno) {}
  ErrnoKeeper(const ErrnoKeeper&) = delete;
  ErrnoKeeper& operator=(const ErrnoKeeper&) = delete;
  ~ErrnoKeeper() { errno = errno_; }

 private:
  int errno_;
};

/// The longest text that is copied.
inline constexpr std::size_t kMaxShortText = 64 * 1024;

// Checks of one argument.

template <typename T>
bool Live(const T* handle) {
  return handle != nullptr &&
         static_cast<const Tagged*>(handle)->tag == T::kTag;
}

/// Text of any length that an object can have; for what checks sizes itself.
template <typename Byte>
bool Text(const Byte* data, std::size_t size) {
  return data != nullptr && size <= PTRDIFF_MAX;
}

template <typename Byte>
bool ShortText(const Byte* data, std::size_t size) {
  return data != nullptr && size <= kMaxShortText;
}

/// Empties the output, too.
template <typename T>
bool Output(T* out) {
  if (out != nullptr) *out = T();
  return out != nullptr;
}

inline bool IsTime(std::int64_t seconds) {
  return seconds >= 0 && seconds <= CLONE_AUTH_TIME_MAX;
}

/// Makes the error, if it is wanted, and returns the code.
clone_auth_status Report(Status status, clone_auth_error** error) noexcept;

/// What a failed check is reported as; `which` counts from 1.
Status BadArgument(int which);

/// Runs `body`, which returns a Status, if all of the checks hold.
template <typename Body>
clone_auth_status Fence(clone_auth_error** error,
                        std::initializer_list<bool> checks,
                        Body&& body) noexcept {
  const ErrnoKeeper keeper;
  if (error != nullptr) *error = nullptr;
  try {
    int which = 1;
    for (const bool good : checks) {
      if (!good) return Report(BadArgument(which), error);
      ++which;
    }
    Status status = body();
    return status.ok() ? CLONE_AUTH_OK : Report(std::move(status), error);
  } catch (const std::bad_alloc&) {
    // Short enough to need no memory.
    return Report(Status(Reason::kInternal, "out of memory"), error);
  } catch (...) {
    return Report(Status(Reason::kInternal), error);
  }
}

/// Ends a handle; one of another type is left alone.
template <typename T>
void Free(T* handle) noexcept {
  const ErrnoKeeper keeper;
  if (Live(handle)) delete handle;
}

inline std::string_view View(const char* data, std::size_t size) {
  return {data, size};
}

/// Writes a copy of `text` as the caller's string.
Status Give(std::string_view text, clone_auth_string** out);

}  // namespace clone_auth::capi

struct clone_auth_error : clone_auth::capi::Handle<1> {
  explicit clone_auth_error(clone_auth::Status value)
      : status(std::move(value)) {}
  clone_auth::Status status;
};

struct clone_auth_string : clone_auth::capi::Handle<2> {
  explicit clone_auth_string(std::string_view text);
  clone_auth::Secret bytes;  ///< the text and a NUL
};
