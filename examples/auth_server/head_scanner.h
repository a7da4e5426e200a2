#pragma once

// Finds the end of a request's head, and on the way refuses what parsers are
// known to disagree on: bare CR or LF, folded lines, control characters.

#include <cstddef>
#include <string_view>

namespace auth_server {

class HeadScanner {
 public:
  enum class Verdict { kMore, kEnd, kBad };

  /// Looks at what of `bytes` is new since the last call; `bytes` always
  /// starts with the first byte of the request.
  Verdict Scan(std::string_view bytes);

  /// After kEnd: the size of the head, its empty line included.
  std::size_t head_size() const { return scanned_; }

  /// After kBad: what was wrong.
  std::string_view problem() const { return problem_; }

 private:
  Verdict Bad(std::string_view problem) {
    problem_ = problem;
    return Verdict::kBad;
  }

  std::size_t scanned_ = 0;
  std::size_t line_start_ = 0;
  std::string_view problem_;
};

}  // namespace auth_server
