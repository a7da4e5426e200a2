#include "line_reader.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace clonit {
namespace {

using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Status;

constexpr char kBlanks[] = " \t\r";

void Trim(std::string* line) {
  line->erase(line->find_last_not_of(kBlanks) + 1);
  line->erase(0, line->find_first_not_of(kBlanks));
}

}  // namespace

// Does not wait for a full buffer: who writes a line may wait for the answer.
Result<bool> LineReader::Fill() {
  for (;;) {
    const ssize_t got = read(STDIN_FILENO, buffer_.data(), buffer_.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return Status(
          Reason::kInvalidArgument,
          std::string("cannot read standard input: ") + std::strerror(errno));
    }
    begin_ = 0;
    end_ = static_cast<std::size_t>(got);
    return got > 0;
  }
}

Result<bool> LineReader::Next(std::string* line) {
  line->clear();
  bool any = false;
  for (;;) {
    if (begin_ == end_) {
      const auto more = Fill();
      if (!more.ok()) return more;
      if (!*more) break;
    }
    any = true;
    const char* from = buffer_.data() + begin_;
    const char* const end = buffer_.data() + end_;
    const char* to = std::find(from, end, '\n');
    const auto size = static_cast<std::size_t>(to - from);
    line->append(from, std::min(size, longest_ - line->size()));
    begin_ += size;
    if (begin_ == end_) continue;
    ++begin_;
    break;
  }
  Trim(line);
  return any;
}

}  // namespace clonit
