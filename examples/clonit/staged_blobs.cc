#include "staged_blobs.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

extern char** environ;

namespace clonit {
namespace {

using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Status;

Status GitFailed(const std::string& what) {
  return Status(Reason::kInvalidArgument, what);
}

void Close(int& descriptor) {
  if (descriptor >= 0) close(descriptor);
  descriptor = -1;
}

bool IsNull(std::string_view id) {
  return id.find_first_not_of('0') == id.npos;
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// One entry of git's raw format: ":MODE MODE ID ID STATUS". Nothing for what
/// has no content of its own, such as a submodule.
std::optional<StagedFile> ParseEntry(std::string_view entry,
                                     std::string_view path) {
  const auto words = Split(entry, ' ');
  constexpr std::string_view kSubmodule = "160000";
  if (words.size() != 5 || words[1] == kSubmodule || IsNull(words[3])) {
    return std::nullopt;
  }
  StagedFile file{std::string(path), {}, std::string(words[3])};
  // What a submodule was is no blob.
  if (!IsNull(words[2]) && words[0] != ":160000") file.before = words[2];
  return file;
}

}  // namespace

Result<Child> Child::Start(std::vector<std::string> arguments) {
  std::array<int, 2> input{-1, -1};
  std::array<int, 2> output{-1, -1};
  if (pipe2(input.data(), O_CLOEXEC) != 0 ||
      pipe2(output.data(), O_CLOEXEC) != 0) {
    for (int& end : input) Close(end);
    return GitFailed(std::string("no pipe: ") + std::strerror(errno));
  }
  std::vector<char*> words;
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, words.front(), &actions, nullptr,
                                 words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  Close(input[0]);
  Close(output[1]);
  if (error == 0) return Child(pid, input[1], output[0]);
  Close(input[1]);
  Close(output[0]);
  return GitFailed("cannot run " + arguments.front() + ": " +
                   std::strerror(error));
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      input_(std::exchange(other.input_, -1)),
      output_(std::exchange(other.output_, -1)) {}

Child::~Child() { Finish(); }

bool Child::Write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(input_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

ssize_t Child::Read(char* bytes, std::size_t size) {
  while (true) {
    const ssize_t got = read(output_, bytes, size);
    if (got >= 0 || errno != EINTR) return got;
  }
}

bool Child::Finish() {
  Close(input_);
  Close(output_);
  if (pid_ < 0) return false;
  int how = 0;
  while (waitpid(pid_, &how, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return WIFEXITED(how) && WEXITSTATUS(how) == 0;
}

Result<std::vector<StagedFile>> ListStaged() {
  auto git = Child::Start({"git", "diff", "--cached", "--raw", "-z",
                           "--no-abbrev", "--no-renames", "--no-relative",
                           "--no-ext-diff", "--diff-filter=ACMT"});
  if (!git.ok()) return git.status();
  std::string text;
  std::array<char, 16 * 1024> piece;
  ssize_t got = 0;
  while ((got = git->Read(piece.data(), piece.size())) > 0) {
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
  if (got < 0 || !git->Finish()) {
    return GitFailed("git cannot say what is staged");
  }
  const auto parts = Split(text, '\0');
  std::vector<StagedFile> files;
  for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
    if (auto file = ParseEntry(parts[i], parts[i + 1])) {
      files.push_back(*std::move(file));
    }
  }
  return files;
}

Result<BlobReader> BlobReader::Open() {
  auto git = Child::Start({"git", "cat-file", "--batch"});
  if (!git.ok()) return git.status();
  return BlobReader(*std::move(git));
}

bool BlobReader::Fill() {
  const ssize_t got = git_.Read(buffer_.data(), buffer_.size());
  begin_ = 0;
  end_ = got > 0 ? static_cast<std::size_t>(got) : 0;
  return got > 0;
}

// The answer is "ID blob SIZE", the content, and the end of a line.
Status BlobReader::Read(const std::string& id,
                        const std::function<void(std::string_view)>& use) {
  const Status failed(Reason::kNotFound, "git cannot read the object " + id);
  if (!git_.Write(id + "\n")) return failed;
  std::string head;
  while (head.empty() || head.back() != '\n') {
    if (begin_ == end_ && !Fill()) return failed;
    head += buffer_[begin_++];
  }
  head.pop_back();
  const auto words = Split(head, ' ');
  std::uint64_t left = 0;
  if (words.size() != 3 ||
      std::from_chars(words[2].data(), words[2].data() + words[2].size(), left)
              .ec != std::errc()) {
    return failed;
  }
  while (left > 0) {
    if (begin_ == end_ && !Fill()) return failed;
    const auto size =
        static_cast<std::size_t>(std::min<std::uint64_t>(left, end_ - begin_));
    use({buffer_.data() + begin_, size});
    begin_ += size;
    left -= size;
  }
  if (begin_ == end_ && !Fill()) return failed;
  ++begin_;
  return Status();
}

}  // namespace clonit
