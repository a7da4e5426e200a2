#include "clone/random.h"

#include <sys/random.h>

#include <cerrno>

#include "base/macros.h"
#include "clone/secret.h"

namespace clone_auth {
namespace {

class KernelRandom final : public RandomSource {
 public:
  Status Fill(void* bytes, std::size_t size) override {
    auto* next = static_cast<char*>(bytes);
    while (size > 0) {
      const ssize_t got = getrandom(next, size, 0);
      if (got < 0) {
        if (errno == EINTR) continue;
        return Status(Reason::kRandomUnavailable);
      }
      next += got;
      size -= static_cast<std::size_t>(got);
    }
    return Status();
  }
};

}  // namespace

RandomSource& SystemRandom() {
  static KernelRandom random;
  return random;
}

Result<std::string> RandomText(RandomSource& random, std::string_view alphabet,
                               std::size_t length) {
  if (alphabet.size() < 2 || alphabet.size() > 256) {
    return Status(Reason::kInvalidArgument, "alphabet of 2 to 256 characters");
  }
  // Bytes from the last, incomplete round of the alphabet would favour its
  // first letters; they are drawn again.
  const std::size_t fair = 256 - 256 % alphabet.size();
  std::string text;
  text.reserve(length);
  std::array<std::uint8_t, 64> bytes;
  while (text.size() < length) {
    CLONE_AUTH_RETURN_IF_ERROR(random.Fill(bytes.data(), bytes.size()));
    for (std::size_t i = 0; i < bytes.size() && text.size() < length; ++i) {
      if (bytes[i] < fair) text += alphabet[bytes[i] % alphabet.size()];
    }
  }
  // The text may become a secret, and the bytes would tell it.
  WipeBytes(bytes.data(), bytes.size());
  return text;
}

}  // namespace clone_auth
