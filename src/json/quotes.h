#pragma once

// Where the strings of plain JSON end, found many characters at a time.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace clone_auth {

/// The quotes of a text that is ASCII without backslashes and control
/// characters. In such a text every second quote ends the string that the one
/// before began, so nobody who reads it from start to end needs to look at what
/// is between them.
class Quotes {
 public:
  /// Shorter and longer texts are not looked at.
  static constexpr std::size_t kMinText = 64;
  static constexpr std::size_t kMaxText = 4096;

  /// False where the text is not as above or has an odd number of quotes, and
  /// where the processor is not up to it.
  bool Find(std::string_view text);

  /// Walks over the quotes that were found.
  class Walk {
   public:
    explicit Walk(const Quotes& quotes)
        : word_(quotes.words_.data()), left_(*word_) {}

    /// Where in the text the next quote stands. There must be one.
    [[gnu::always_inline]] std::size_t Next() {
      while (left_ == 0) {
        left_ = *++word_;
        begin_ += kWordBits;
      }
      const auto bit = static_cast<unsigned>(__builtin_ctzll(left_));
      left_ &= left_ - 1;
      return begin_ + bit;
    }

   private:
    const std::uint64_t* word_;
    std::uint64_t left_;  // of this word
    std::size_t begin_ = 0;
  };

 private:
  static constexpr std::size_t kWordBits = 64;
  // A bit for each character of the text; uninitialised beyond it.
  std::array<std::uint64_t, kMaxText / kWordBits> words_;
};

}  // namespace clone_auth
