#include "service/base64.h"

#include <sodium.h>

namespace clone_auth::service {

std::string ToBase64Url(const void* bytes, std::size_t size) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(size, kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(),
                    static_cast<const unsigned char*>(bytes), size, kVariant);
  text.pop_back();  // the zero at its end
  return text;
}

bool FromBase64Url(std::string_view text, void* bytes, std::size_t size) {
  // libsodium 1.0.18 takes bytes beyond ASCII for digits.
  unsigned seen = 0;
  for (const char c : text) seen |= static_cast<unsigned char>(c);
  if ((seen & 0x80) != 0) return false;
  std::size_t written = 0;
  const char* end = nullptr;
  const int failed = sodium_base642bin(
      static_cast<unsigned char*>(bytes), size, text.data(), text.size(),
      nullptr, &written, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return failed == 0 && written == size && end == text.data() + text.size();
}

}  // namespace clone_auth::service
