#include "access_log.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <ctime>
#include <utility>

#include "clone/json.h"

namespace auth_server {
namespace {

constexpr std::size_t kFlushSize = 32 * 1024;
constexpr std::size_t kMaxPath = 512;
/// A UUID; what is longer may be somebody's token.
constexpr std::size_t kMaxSegment = 36;
/// BASELINE-CONTROL, among those in use.
constexpr std::size_t kMaxMethod = 16;
constexpr std::string_view kHidden = "[hidden]";

std::string TimeStamp() {
  const auto now = clone_auth::SystemClock().Now();
  const std::time_t seconds = clone_auth::ToUnixSeconds(now).count();
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(
                          now.time_since_epoch())
                          .count() %
                      1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[40];
  const std::size_t size =
      std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text + size, sizeof text - size, ".%03dZ",
                static_cast<int>(millis));
  return text;
}

/// Keeps a line one line, and a terminal from obeying it.
std::string Escape(std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f && c != '\\') {
      escaped += c;
      continue;
    }
    escaped += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return escaped;
}

/// As much of `lines` as a pipe that is ready takes without delay, cut behind
/// a line.
std::string_view NextPiece(std::string_view lines) {
  const std::string_view piece = lines.substr(0, PIPE_BUF);
  const std::size_t end = piece.rfind('\n');
  return end == piece.npos ? piece : piece.substr(0, end + 1);
}

bool IsReady(int file) {
  pollfd state{file, POLLOUT, 0};
  return poll(&state, 1, 0) == 1 && (state.revents & POLLOUT) != 0;
}

void AppendText(const AccessEntry& entry, std::string_view path,
                std::string& lines) {
  lines += TimeStamp();
  lines += ' ';
  lines += std::to_string(entry.status);
  lines += ' ';
  lines += std::to_string(entry.duration.count());
  lines += "us ";
  lines += entry.method.empty() ? "-" : Escape(entry.method);
  lines += ' ';
  lines += path.empty() ? "-" : Escape(path);
  lines += " peer=";
  lines += entry.peer;
  lines += " id=";
  lines += entry.request_id;
  if (!entry.refusal_id.empty()) {
    lines += " refusal_id=";
    lines += entry.refusal_id;
  }
  lines += '\n';
}

void AppendJson(const AccessEntry& entry, std::string_view path,
                std::string& lines) {
  clone_auth::JsonWriter json;
  json.BeginObject().Name("time").String(TimeStamp());
  json.Name("level").String("info").Name("event").String("request");
  json.Name("request_id").String(entry.request_id);
  json.Name("peer").String(entry.peer);
  json.Name("method").String(entry.method).Name("path").String(path);
  json.Name("status").Int(entry.status);
  json.Name("micros").Int(entry.duration.count());
  if (!entry.refusal_id.empty()) {
    json.Name("refusal_id").String(entry.refusal_id);
  }
  json.EndObject();
  lines += json.Take();
  lines += '\n';
}

}  // namespace

LogSink::LogSink(LogFormat format, bool quiet, std::string key_prefix)
    : format_(format), quiet_(quiet), key_prefix_(std::move(key_prefix)) {}

void LogSink::Event(std::string_view level, std::string_view message) {
  std::string line;
  if (format_ == LogFormat::kJson) {
    clone_auth::JsonWriter json;
    json.BeginObject().Name("time").String(TimeStamp());
    json.Name("level").String(level).Name("event").String(message).EndObject();
    line = json.Take();
  } else {
    line = TimeStamp();
    line.append(" ").append(level).append(" ").append(message);
  }
  line += '\n';
  Write(line);
}

void LogSink::Append(const AccessEntry& entry, std::string& lines) const {
  const std::string path = PathToShow(entry.target);
  AccessEntry shown = entry;
  if (MustHide(entry.method, kMaxMethod)) shown.method = kHidden;
  if (format_ == LogFormat::kJson) {
    AppendJson(shown, path, lines);
  } else {
    AppendText(shown, path, lines);
  }
}

bool LogSink::MustHide(std::string_view text, std::size_t longest) const {
  return text.size() > longest || text.find(key_prefix_) != text.npos;
}

std::string LogSink::PathToShow(std::string_view target) const {
  std::string_view path = target.substr(0, target.find_first_of("?#"));
  path = path.substr(0, kMaxPath);
  std::string shown;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    shown += MustHide(segment, kMaxSegment) ? kHidden : segment;
    if (slash == path.npos) break;
    shown += '/';
    path.remove_prefix(slash + 1);
  }
  return shown;
}

void LogSink::Write(std::string_view lines) {
  const std::lock_guard lock(mutex_);
  while (!lines.empty()) {
    // A log that nobody takes is no reason to stop serving: what finds no room
    // is dropped.
    if (!IsReady(STDERR_FILENO)) return;
    const std::string_view piece = NextPiece(lines);
    const ssize_t written = write(STDERR_FILENO, piece.data(), piece.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    lines.remove_prefix(static_cast<std::size_t>(written));
  }
}

void AccessLog::Add(const AccessEntry& entry) {
  if (sink_.quiet()) return;
  sink_.Append(entry, lines_);
  if (lines_.size() > kFlushSize) Flush();
}

void AccessLog::Flush() {
  if (lines_.empty()) return;
  sink_.Write(lines_);
  lines_.clear();
}

}  // namespace auth_server
