#pragma once

// What the next git commit would have, read from the index: what lies in the
// working tree may be another version. git itself is asked, in a process of
// its own, so that its settings and environment hold as they do in a hook.

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clone/result.h"

namespace clonit {

struct StagedFile {
  std::string path;    ///< from the top of the repository
  std::string before;  ///< object id of what is replaced; empty: it is new
  std::string blob;    ///< object id of what is staged
};

/// The files and links that the commit would add or change. Error:
/// invalid_argument, where git is missing or this is no repository of its.
clone_auth::Result<std::vector<StagedFile>> ListStaged();

/// A child process with pipes to its standard input and output; its standard
/// error is ours.
class Child {
 public:
  /// `arguments` begin with the program's name.
  static clone_auth::Result<Child> Start(std::vector<std::string> arguments);
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();

  bool Write(std::string_view text);
  /// How much came; 0 at the end, less than that where it failed.
  ssize_t Read(char* bytes, std::size_t size);
  /// Waits for its end. True where it ended well.
  bool Finish();

 private:
  Child(pid_t pid, int input, int output)
      : pid_(pid), input_(input), output_(output) {}

  pid_t pid_;
  int input_;
  int output_;
};

/// Reads objects one after the other, each in bounded memory.
class BlobReader {
 public:
  static clone_auth::Result<BlobReader> Open();

  /// Calls `use` with all of it, piece by piece. Error: not_found.
  clone_auth::Status Read(const std::string& id,
                          const std::function<void(std::string_view)>& use);

 private:
  explicit BlobReader(Child child) : git_(std::move(child)) {}
  bool Fill();

  Child git_;
  std::array<char, 64 * 1024> buffer_{};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace clonit
