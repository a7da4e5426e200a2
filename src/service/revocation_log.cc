#include "service/revocation_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "service/base64.h"
#include "service/micros.h"
#include "service/private_file.h"
#include "service/refresh_tokens.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

using Kind = Revocation::Kind;
using Checksum = std::array<std::uint8_t, 16>;

constexpr std::string_view kFirstWords = "clone-auth-revocations 1 ";
// Longer than any line that is ever written.
constexpr std::size_t kMaxLine = 4096;

// In the order of the enum.
constexpr std::array<std::string_view, 5> kKindNames = {
    "key-revoked", "account-disabled", "account-enabled", "password-set",
    "key-ends"};

Status DiskFailure(const std::string& path) {
  return FileFailure(path,
                     std::string("cannot be used: ") + std::strerror(errno));
}

Status Malformed(const std::string& path, const std::string& what) {
  return Status(Reason::kConfigMalformed,
                "The revocation log '" + path + "' " + what +
                    "; bring back a good copy, or move it away to begin a new "
                    "one, which no backup made before fits.");
}

Checksum ChecksumOf(const Checksum& before, std::string_view line) {
  std::string all(before.begin(), before.end());
  all.append(line);
  const TokenHash hash = HashOf(all);
  Checksum checksum;
  std::copy_n(hash.begin(), checksum.size(), checksum.begin());
  return checksum;
}

std::string WithChecksum(const std::string& line, const Checksum& checksum) {
  return line + " " + ToBase64Url(checksum.data(), checksum.size()) + "\n";
}

std::string FirstLineOf(const Uuid& log) {
  return std::string(kFirstWords) + log.ToString();
}

std::string LineOf(const Revocation& revocation) {
  std::string line(kKindNames[static_cast<std::size_t>(revocation.kind)]);
  line += " " + revocation.subject.ToString();
  line += " " + std::to_string(ToMicros(revocation.when));
  if (revocation.kind == Kind::kPasswordSet) {
    line += " " + revocation.password_hash;
  }
  return line;
}

std::vector<std::string_view> WordsOf(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t blank = line.find(' ');
    words.push_back(line.substr(0, blank));
    if (blank == std::string_view::npos) return words;
    line.remove_prefix(blank + 1);
  }
}

bool ParseMicros(std::string_view text, std::int64_t& micros) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, micros);
  return error == std::errc() && stop == end;
}

std::optional<Revocation> ParseLine(std::string_view line) {
  const std::vector<std::string_view> words = WordsOf(line);
  const auto name =
      std::find(kKindNames.begin(), kKindNames.end(), words.front());
  if (name == kKindNames.end()) return std::nullopt;
  Revocation revocation;
  revocation.kind = static_cast<Kind>(name - kKindNames.begin());
  const bool has_hash = revocation.kind == Kind::kPasswordSet;
  if (words.size() != (has_hash ? 4U : 3U)) return std::nullopt;
  const auto subject = Uuid::Parse(words[1]);
  std::int64_t micros = 0;
  if (!subject.ok() || !ParseMicros(words[2], micros)) {
    return std::nullopt;
  }
  revocation.subject = *subject;
  revocation.when = FromMicros(micros);
  if (has_hash) revocation.password_hash = words[3];
  return revocation;
}

Result<OpenFile> OpenPrivate(const std::string& path, int flags) {
  OpenFile file(
      open(path.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.ok() && errno == ENOENT) {
    return Status(Reason::kNotFound,
                  "There is no revocation log '" + path + "'.");
  }
  if (!file.ok() && errno != ELOOP) return DiskFailure(path);
  struct stat state;
  if (!file.ok() || fstat(file.get(), &state) != 0 || !S_ISREG(state.st_mode) ||
      state.st_uid != geteuid() || (state.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Status(Reason::kFileInsecure,
                  "The revocation log '" + path +
                      "' must be a regular file of this user with mode 0600.");
  }
  return file;
}

// Goes through a log line by line, holding one at a time.
class Reader {
 public:
  Reader(const OpenFile& file, std::string path)
      : file_(file), path_(std::move(path)) {}

  /// The place behind what was read so far.
  const LogPosition& position() const { return position_; }
  Status Malformed(const std::string& what) const {
    return service::Malformed(path_, what);
  }

  Status ReadFirstLine() {
    CLONE_AUTH_TRY_ASSIGN(const auto line, NextLine());
    if (!line.has_value() ||
        line->compare(0, kFirstWords.size(), kFirstWords) != 0) {
      return Malformed("is not one of this program");
    }
    const auto log =
        Uuid::Parse(std::string_view(*line).substr(kFirstWords.size()));
    if (!log.ok()) return Malformed("has no name in its first line");
    position_.log = *log;
    return Status();
  }

  /// Nothing at the end.
  Result<std::optional<Revocation>> Next() {
    CLONE_AUTH_TRY_ASSIGN(const auto line, NextLine());
    if (!line.has_value()) return std::optional<Revocation>();
    std::optional<Revocation> revocation = ParseLine(*line);
    if (!revocation.has_value()) {
      return Malformed("has a line " + std::to_string(lines_) +
                       " of a newer program");
    }
    return revocation;
  }

 private:
  // Without its checksum, which was right. Nothing at the end, nor for a line
  // that has none.
  Result<std::optional<std::string>> NextLine() {
    std::size_t end = buffer_.find('\n', start_);
    while (end == std::string::npos) {
      CLONE_AUTH_TRY_ASSIGN(const bool more, Fill());
      if (!more) return std::optional<std::string>();
      end = buffer_.find('\n', start_);
    }
    ++lines_;
    const std::string_view whole =
        std::string_view(buffer_).substr(start_, end - start_);
    start_ = end + 1;
    const std::size_t blank = whole.rfind(' ');
    Checksum checksum{};
    if (blank == std::string_view::npos ||
        !FromBase64Url(whole.substr(blank + 1), checksum.data(),
                       checksum.size()) ||
        checksum != ChecksumOf(position_.checksum, whole.substr(0, blank))) {
      return Malformed("is broken at line " + std::to_string(lines_));
    }
    position_.checksum = checksum;
    position_.offset += static_cast<std::int64_t>(whole.size()) + 1;
    return std::optional<std::string>(whole.substr(0, blank));
  }

  Result<bool> Fill() {
    buffer_.erase(0, start_);
    start_ = 0;
    if (buffer_.size() > kMaxLine) {
      return Malformed("is broken at line " + std::to_string(lines_ + 1));
    }
    std::array<char, 64 * 1024> piece;
    const ssize_t got = read(file_.get(), piece.data(), piece.size());
    if (got < 0 && errno != EINTR) return DiskFailure(path_);
    if (got > 0) buffer_.append(piece.data(), static_cast<std::size_t>(got));
    return got != 0;
  }

  const OpenFile& file_;
  std::string path_;
  std::string buffer_;
  std::size_t start_ = 0;
  std::size_t lines_ = 0;
  LogPosition position_;
};

bool SamePlace(const LogPosition& a, const LogPosition& b) {
  return a.offset == b.offset && a.checksum == b.checksum;
}

}  // namespace

Result<std::unique_ptr<RevocationLog>> RevocationLog::Make(
    const std::string& path, const Uuid& id) {
  if (Exists(path)) return FileFailure(path, "exists already");
  const std::string draft = path + ".draft";
  CLONE_AUTH_TRY(Remove(draft));
  {
    CLONE_AUTH_TRY_ASSIGN(const OpenFile file, NewPrivateFile(draft));
    const std::string line = FirstLineOf(id);
    CLONE_AUTH_TRY(WriteAll(
        file, WithChecksum(line, ChecksumOf(Checksum{}, line)), draft));
  }
  CLONE_AUTH_TRY(SyncFile(draft));
  CLONE_AUTH_TRY(Rename(draft, path));
  CLONE_AUTH_TRY(SyncFolderOf(path));
  return Open(path, id);
}

Result<std::unique_ptr<RevocationLog>> RevocationLog::Open(
    const std::string& path, const Uuid& id) {
  CLONE_AUTH_TRY_ASSIGN(OpenFile file, OpenPrivate(path, O_RDWR));
  Reader reader(file, path);
  CLONE_AUTH_TRY(reader.ReadFirstLine());
  if (reader.position().log != id) {
    return Malformed(path, "belongs to another database");
  }
  TakenAway taken;
  while (true) {
    CLONE_AUTH_TRY_ASSIGN(const auto revocation, reader.Next());
    if (!revocation.has_value()) break;
    taken.Add(*revocation);
  }
  if (ftruncate(file.get(), reader.position().offset) != 0) {
    return DiskFailure(path);
  }
  return std::unique_ptr<RevocationLog>(new RevocationLog(
      path, std::move(file), reader.position(), std::move(taken)));
}

Status RevocationLog::Read(
    const std::string& path, const LogPosition& start,
    const std::function<void(const Revocation&)>& visit) {
  const auto unusable = [&](const std::string& what) {
    return Status(Reason::kBackupUnusable,
                  "The revocation log '" + path + "' " + what + ".");
  };
  CLONE_AUTH_TRY_ASSIGN(const OpenFile file, OpenPrivate(path, O_RDONLY));
  Reader reader(file, path);
  CLONE_AUTH_TRY(reader.ReadFirstLine());
  if (reader.position().log != start.log) {
    return unusable("is not the one that the backup belongs to");
  }
  bool reached = SamePlace(reader.position(), start);
  while (true) {
    CLONE_AUTH_TRY_ASSIGN(const auto revocation, reader.Next());
    if (!revocation.has_value()) break;
    if (reached) visit(*revocation);
    reached = reached || SamePlace(reader.position(), start);
  }
  if (reached) return Status();
  return unusable("ends before the backup was made, or was written anew since");
}

LogPosition RevocationLog::position() const {
  const std::lock_guard lock(mutex_);
  return end_;
}

Status RevocationLog::Append(const Revocation& revocation) {
  const std::lock_guard lock(mutex_);
  struct stat opened;
  struct stat named;
  if (broken_ || fstat(file_.get(), &opened) != 0 ||
      stat(path_.c_str(), &named) != 0 || opened.st_ino != named.st_ino ||
      opened.st_dev != named.st_dev) {
    return FileFailure(path_,
                       "was moved or could not be written; restart the "
                       "service");
  }
  const std::string line = LineOf(revocation);
  const Checksum checksum = ChecksumOf(end_.checksum, line);
  const std::string whole = WithChecksum(line, checksum);
  Status status = lseek(file_.get(), end_.offset, SEEK_SET) < 0
                      ? DiskFailure(path_)
                      : WriteAll(file_, whole, path_);
  if (!status.ok()) {
    broken_ = ftruncate(file_.get(), end_.offset) != 0;
    return status;
  }
  if (fdatasync(file_.get()) != 0) {
    // Nobody can tell what of it is on the disk.
    status = DiskFailure(path_);
    broken_ = true;
    return status;
  }
  end_.checksum = checksum;
  end_.offset += static_cast<std::int64_t>(whole.size());
  return Status();
}

}  // namespace clone_auth::service
