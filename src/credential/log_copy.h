#pragma once

// A log written anew from the records of another that somebody can still ask
// for, as they stand there. One caller at a time.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clone/result.h"
#include "clone/secret.h"
#include "credential/log_index.h"

namespace clone_auth {

/// The payload of a log's header.
inline constexpr std::string_view kLogFormat = "clone-auth-sessions 1";
/// The first frame of each log.
const Secret& LogHeader();

class LogCopy {
 public:
  /// Both files outlive this; `to` is empty. Some `expected` bytes are to be
  /// copied.
  LogCopy(int from, int to, std::string name, std::uint64_t expected);

  /// Copies what stands at `place`, unless it has been copied for this slot.
  Status Take(std::size_t slot, const LogPlace& place);

  /// Adds a frame that stands nowhere yet.
  Status Add(std::string_view frame);

  /// On return all that was taken and added is on the disk.
  Status Flush();

  std::uint64_t end() const { return end_; }
  std::vector<LogPlace> TakePlaces() { return std::move(copied_); }

 private:
  Status Write();
  Status MakeRoom(std::size_t size);

  const int from_;
  const int to_;
  const std::string name_;
  // What is not written yet, `filled_` bytes of it.
  Secret buffer_;
  std::size_t filled_ = 0;
  std::uint64_t end_ = 0;
  std::vector<LogPlace> taken_;   // of each slot, where it stood
  std::vector<LogPlace> copied_;  // and stands now
};

}  // namespace clone_auth
