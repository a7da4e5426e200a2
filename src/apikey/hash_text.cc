#include "apikey/hash_text.h"

#include <algorithm>
#include <string>

namespace clone_auth {
namespace {

constexpr std::size_t kSize = 32;
constexpr std::size_t kTextSize = Base64UrlEncodedSize(kSize);

}  // namespace

bool ReadBase64Url32(std::string_view text,
                     std::array<std::uint8_t, 32>& bytes) {
  if (text.size() != kTextSize) return false;
  std::array<char, kSize + kBase64UrlSlack> decoded;
  if (!Base64UrlDecodeTo(text, decoded.data())) return false;
  std::copy_n(decoded.begin(), kSize, bytes.begin());
  return true;
}

bool ReadBase64Of32(std::string_view text,
                    std::array<std::uint8_t, 32>& bytes) {
  if (text.size() != kTextSize + 1 || text.back() != '=') return false;
  text.remove_suffix(1);
  if (text.find_first_of("-_") != std::string_view::npos) return false;
  std::string url(text);
  std::replace(url.begin(), url.end(), '+', '-');
  std::replace(url.begin(), url.end(), '/', '_');
  return ReadBase64Url32(url, bytes);
}

}  // namespace clone_auth
