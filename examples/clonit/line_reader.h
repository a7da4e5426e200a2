#pragma once

// Lines of standard input as they come, in bounded memory however long they
// are.

#include <array>
#include <cstddef>
#include <string>

#include "clone/result.h"

namespace clonit {

class LineReader {
 public:
  /// Of a longer line only so many characters are kept.
  explicit LineReader(std::size_t longest) : longest_(longest) {}

  /// The next line, without its end and without blanks around it. False where
  /// there is none left. Error: invalid_argument.
  clone_auth::Result<bool> Next(std::string* line);

 private:
  clone_auth::Result<bool> Fill();

  std::size_t longest_;
  std::array<char, 64 * 1024> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace clonit
