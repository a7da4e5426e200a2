// keys scan.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "clone/api_key_scan.h"
#include "commands.h"
#include "staged_blobs.h"

namespace clonit {
namespace {

namespace fs = std::filesystem;
using clone_auth::ApiKeyScanner;
using clone_auth::FoundApiKey;
using clone_auth::JsonWriter;
using clone_auth::Result;
using clone_auth::Status;

struct Finding {
  std::string file;
  std::uint64_t line;
  std::uint64_t column;
  std::string prefix;
};

/// Looks through one text after the other and says what it finds.
class Scan {
 public:
  static Result<std::unique_ptr<Scan>> Create(const Options& options,
                                              Output& out) {
    std::unique_ptr<Scan> scan(new Scan(out));
    clone_auth::ApiKeyScheme scheme;
    scheme.prefix = options.key_prefix;
    auto scanner = ApiKeyScanner::Create(
        std::move(scheme), [found = &scan->found_](const FoundApiKey& key) {
          found->push_back(
              {{}, key.line, key.column, std::string(key.display_prefix)});
        });
    if (!scanner.ok()) return scanner.status();
    scan->scanner_.emplace(*std::move(scanner));
    return scan;
  }

  void Look(const std::string& path);
  void LookAtInput() { LookAt(STDIN_FILENO, "-"); }
  Status LookAtStaged();

  ExitCode Finish();

 private:
  explicit Scan(Output& out) : out_(out) {}

  void LookIn(const fs::path& folder);
  void LookAt(int file, const std::string& name);
  void Tell(const std::string& file, const std::set<std::string>& known);
  void CannotRead(const std::string& name, const std::string& why);

  Output& out_;
  std::optional<ApiKeyScanner> scanner_;
  std::vector<Finding> found_;  // in the text at hand
  std::vector<Finding> told_;
  bool complete_ = true;
};

void Scan::CannotRead(const std::string& name, const std::string& why) {
  out_.Warn("cannot read " + name + ": " + why);
  complete_ = false;
}

void Scan::Tell(const std::string& file, const std::set<std::string>& known) {
  for (Finding& finding : found_) {
    if (known.count(finding.prefix) != 0) continue;
    finding.file = file;
    if (!out_.json()) {
      out_.PrintLine(file + ":" + std::to_string(finding.line) + ":" +
                     std::to_string(finding.column) + ": " + finding.prefix);
    }
    told_.push_back(std::move(finding));
  }
  found_.clear();
}

void Scan::LookAt(int file, const std::string& name) {
  scanner_->Restart();
  std::array<char, 64 * 1024> piece;
  while (true) {
    const ssize_t got = read(file, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) CannotRead(name, std::strerror(errno));
    if (got <= 0) break;
    scanner_->Feed({piece.data(), static_cast<std::size_t>(got)});
  }
  Tell(name, {});
}

void Scan::Look(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    LookIn(path);
    return;
  }
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    CannotRead(path, std::strerror(errno));
    return;
  }
  LookAt(file, path);
  close(file);
}

// In the order of the names, so that it says the same every time. What a link
// leads to is not in the folder; what git keeps is packed and stays unread.
void Scan::LookIn(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::directory_entry> entries;
  fs::directory_iterator next(folder, error);
  for (; !error && next != fs::directory_iterator(); next.increment(error)) {
    entries.push_back(*next);
  }
  if (error) CannotRead(folder.string(), error.message());
  std::sort(entries.begin(), entries.end());
  for (const fs::directory_entry& entry : entries) {
    const fs::file_type type = entry.symlink_status(error).type();
    if (type == fs::file_type::directory) {
      if (entry.path().filename() != ".git") LookIn(entry.path());
    } else if (type == fs::file_type::regular) {
      Look(entry.path().string());
    }
  }
}

// A key that the file had before is not what the commit adds.
Status Scan::LookAtStaged() {
  const auto files = ListStaged();
  if (!files.ok()) return files.status();
  auto blobs = BlobReader::Open();
  if (!blobs.ok()) return blobs.status();
  const auto scan = [&](const std::string& id) {
    scanner_->Restart();
    return blobs->Read(id,
                       [&](std::string_view piece) { scanner_->Feed(piece); });
  };
  for (const StagedFile& file : *files) {
    if (const Status read = scan(file.blob); !read.ok()) return read;
    if (found_.empty()) continue;
    std::set<std::string> known;
    if (!file.before.empty()) {
      std::vector<Finding> staged = std::exchange(found_, {});
      if (const Status read = scan(file.before); !read.ok()) return read;
      for (const Finding& finding : found_) known.insert(finding.prefix);
      found_ = std::move(staged);
    }
    Tell(file.path, known);
  }
  return Status();
}

ExitCode Scan::Finish() {
  if (out_.json()) {
    JsonWriter json;
    json.BeginObject().Name("findings").BeginArray();
    for (const Finding& finding : told_) {
      json.BeginObject().Name("file").String(finding.file);
      json.Name("line").Int(static_cast<std::int64_t>(finding.line));
      json.Name("column").Int(static_cast<std::int64_t>(finding.column));
      json.Name("prefix").String(finding.prefix).EndObject();
    }
    json.EndArray().Name("complete").Bool(complete_).EndObject();
    out_.Print(json);
  }
  if (!told_.empty()) {
    out_.Note("revoke each key that others may have seen");
    return ExitCode::kFailed;
  }
  return complete_ ? ExitCode::kOk : ExitCode::kUsage;
}

}  // namespace

ExitCode Commands::ScanForKeys(const Options& options, Output& out) {
  auto scan = Scan::Create(options, out);
  if (!scan.ok()) {
    out.Fail(scan.status());
    return ExitCode::kUsage;
  }
  if (options.staged) {
    const Status looked = (*scan)->LookAtStaged();
    if (!looked.ok()) {
      out.Fail(looked);
      return ExitCode::kUsage;
    }
  } else if (options.scanned.empty()) {
    (*scan)->LookAtInput();
  }
  for (const std::string& path : options.scanned) {
    if (path == "-") {
      (*scan)->LookAtInput();
    } else {
      (*scan)->Look(path);
    }
  }
  return (*scan)->Finish();
}

}  // namespace clonit
