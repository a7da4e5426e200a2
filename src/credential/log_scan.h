#pragma once

// Reads a log from its start to its end, past whatever is damaged in it.

#include <cstdint>
#include <functional>
#include <string>

#include "clone/result.h"
#include "credential/log_frame.h"

namespace clone_auth {

struct LogScan {
  /// Where the last frame ends. What comes after was being written when a
  /// process or machine stopped, and was never answered.
  std::uint64_t end = 0;
  std::uint64_t size = 0;    ///< of the file
  bool is_damaged = false;   ///< something before `end` is no frame
  std::uint64_t frames = 0;  ///< that could be read
};

/// Is called for each frame that can be read, in order.
using LogVisitor = std::function<void(std::uint64_t offset, std::size_t size,
                                      const LogRecord& record)>;

/// Error: store_unavailable.
Result<LogScan> ScanLog(int fd, const std::string& name,
                        const LogVisitor& visit);

}  // namespace clone_auth
