#pragma once

// One line for each request, on standard error. A line never holds a query, a
// header or a body, and of the path nothing that could be a credential. Lines
// are gathered and written several at a time.

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "clone/clock.h"
#include "options.h"

namespace auth_server {

struct AccessEntry {
  std::string_view request_id;
  std::string_view peer;
  std::string_view method;
  std::string_view target;  ///< its query is not written
  int status = 0;
  std::chrono::microseconds duration{};
  std::string_view refusal_id;  ///< of the answer; empty where it has none
};

/// Where all lines go. May be shared between threads.
class LogSink {
 public:
  LogSink(LogFormat format, bool quiet, std::string key_prefix);

  bool quiet() const { return quiet_; }

  /// A line of its own, written at once.
  void Event(std::string_view level, std::string_view message);

  void Append(const AccessEntry& entry, std::string& lines) const;
  void Write(std::string_view lines);

 private:
  std::string PathToShow(std::string_view target) const;
  /// It may be, or hold, somebody's credential.
  bool MustHide(std::string_view text, std::size_t longest) const;

  const LogFormat format_;
  const bool quiet_;
  const std::string key_prefix_;
  std::mutex mutex_;
};

/// The lines of one thread.
class AccessLog {
 public:
  explicit AccessLog(LogSink& sink) : sink_(sink) {}
  ~AccessLog() { Flush(); }
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  void Add(const AccessEntry& entry);
  void Flush();

 private:
  LogSink& sink_;
  std::string lines_;
};

}  // namespace auth_server
