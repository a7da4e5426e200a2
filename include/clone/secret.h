#pragma once

// Bytes that must not be seen: passwords, raw keys, tokens, private keys. Can
// be moved and not copied, is wiped when it goes, compares in constant time
// and has no formatter. On Linux no core dump holds the bytes. They come out
// only through Reveal(), so that a search for that word finds every place that
// sees one. Not for sharing between threads unless const.

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>

namespace clone_auth {

/// Whether a child after fork() has a secret too.
enum class SecretReach : std::uint8_t {
  kChildren,     ///< it has, like the rest of the memory
  kThisProcess,  ///< on Linux it finds zeros in the place of the bytes
};

class Secret {
 public:
  /// Empty.
  Secret() = default;

  /// Takes a copy of `bytes`; wiping those is the caller's own affair.
  static Secret CopyOf(std::string_view bytes,
                       SecretReach reach = SecretReach::kChildren);

  /// `size` zero bytes, to be written through MutableBytes().
  static Secret OfSize(std::size_t size,
                       SecretReach reach = SecretReach::kChildren);

  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  /// The bytes, valid as long as this object is.
  std::string_view Reveal() const { return {bytes_, size_}; }
  char* MutableBytes() { return bytes_; }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  /// kChildren where it is empty.
  SecretReach reach() const;

  /// A second copy of the same reach, spelled out.
  Secret Clone() const { return Clone(reach()); }
  Secret Clone(SecretReach reach) const { return CopyOf(Reveal(), reach); }

  /// True if both hold the same bytes. Takes the same time wherever they
  /// differ; the size is not hidden.
  friend bool ConstantTimeEquals(const Secret& a, const Secret& b);

  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  void Wipe() noexcept;

  char* bytes_ = nullptr;
  std::size_t size_ = 0;
};

bool ConstantTimeEquals(const Secret& a, const Secret& b);

/// Overwrites `size` bytes in a way that the optimiser does not remove.
void WipeBytes(void* bytes, std::size_t size) noexcept;

}  // namespace clone_auth
