#pragma once

// The disk as a test wants it: full after so many bytes, failing or ending the
// process at one of its steps, or quick. Steps are writes, cuts, syncs, locks
// and what changes names. One test at a time; what was set is undone at the end
// of the scope.

#include <functional>
#include <string_view>

namespace clone_auth::testing {

class Disk {
 public:
  /// Nothing that is written is made safe, which takes most of the time.
  Disk();
  ~Disk();
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  /// Room for so many bytes more; what does not fit is written as far as it
  /// does.
  void SetRoom(long bytes);
  void SetRoomAgain();

  /// Step number `step` from now on, from 0, fails with `error`. Of all steps,
  /// or of those of this name ("pwrite", "fdatasync" and so on).
  void Fail(int step, int error, std::string_view name = {});

  /// True if Fail has come to its step, which it then forgets.
  bool HasFailed() const;

  /// Is called before each fdatasync.
  void OnSync(std::function<void()> call);

  int syncs() const;
};

inline constexpr int kCrashed = 77;

/// Runs `work` in a child that ends at step number `step`, from 0, a write half
/// written. Returns how it ended: kCrashed, or 0 where it came to its end and
/// `work` was true.
int RunUntilStep(int step, const std::function<bool()>& work);

}  // namespace clone_auth::testing
