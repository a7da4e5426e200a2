#pragma once

// The names of one object, to find the one that is there twice.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace clone_auth {

class MemberNames {
 public:
  enum class Added : std::uint8_t {
    kNew,
    kRepeated,
    kFull,  ///< new among those that were kept; this one is not
  };

  /// Borrows the name. One bit for each of 64 hashes tells most new names
  /// without a comparison.
  [[gnu::always_inline]] Added Add(std::string_view name) {
    const std::uint64_t bit = std::uint64_t{1} << (HashOf(name) % 64);
    if ((seen_ & bit) != 0 && Has(name)) return Added::kRepeated;
    seen_ |= bit;
    if (count_ == kMost) return Added::kFull;
    names_[count_++] = {name.data(), name.size()};
    return Added::kNew;
  }

 private:
  struct Name {
    const char* data;
    std::size_t size;
  };
  static constexpr std::size_t kMost = 24;

  // Tells the claims of known issuers apart, but for a pair of names in some.
  static std::size_t HashOf(std::string_view name) {
    if (name.empty()) return 0;
    return 45U * static_cast<std::uint8_t>(name.front()) +
           11U * static_cast<std::uint8_t>(name.back()) + name.size();
  }

  bool Has(std::string_view name) const {
    for (std::size_t i = 0; i < count_; ++i) {
      if (std::string_view(names_[i].data, names_[i].size) == name) return true;
    }
    return false;
  }

  std::array<Name, kMost> names_;  // uninitialised beyond `count_`
  std::size_t count_ = 0;
  std::uint64_t seen_ = 0;
};

}  // namespace clone_auth
