#include "base/base64url.h"

#include "base/base64url_wide.h"

#include <sodium/utils.h>

#include <array>
#include <cstdint>
#include <cstring>

namespace clone_auth {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNotInAlphabet = 0xff;

constexpr std::array<std::uint8_t, 256> MakeDecodeTable() {
  std::array<std::uint8_t, 256> table{};
  for (auto& value : table) value = kNotInAlphabet;
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    table[static_cast<std::uint8_t>(kAlphabet[i])] =
        static_cast<std::uint8_t>(i);
  }
  return table;
}

constexpr std::array<std::uint8_t, 256> kDecode = MakeDecodeTable();

// Two characters for each twelve bits: half as many look-ups.
constexpr std::array<std::array<char, 2>, 4096> MakePairs() {
  std::array<std::array<char, 2>, 4096> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i] = {kAlphabet[i >> 6], kAlphabet[i & 0x3f]};
  }
  return pairs;
}

constexpr std::array<std::array<char, 2>, 4096> kPairs = MakePairs();

constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

std::uint32_t Byte(char c) { return static_cast<std::uint8_t>(c); }

}  // namespace

std::string Base64UrlEncode(std::string_view bytes) {
  std::string text;
  Base64UrlAppend(bytes, text);
  return text;
}

void Base64UrlAppend(std::string_view bytes, std::string& text) {
  const std::size_t begin = text.size();
  text.resize(begin + Base64UrlEncodedSize(bytes.size()));
  char* out = text.data() + begin;
  const std::size_t wide = EncodeWide(bytes, out);
  out += wide / 3 * 4;
  const std::size_t rest = bytes.size() % 3;
  const char* in = bytes.data() + wide;
  const char* const whole = bytes.data() + (bytes.size() - rest);
  for (; in != whole; in += 3, out += 4) {
    const std::uint32_t bits =
        (Byte(in[0]) << 16) | (Byte(in[1]) << 8) | Byte(in[2]);
    std::memcpy(out, kPairs[bits >> 12].data(), 2);
    std::memcpy(out + 2, kPairs[bits & 0xfff].data(), 2);
  }
  if (rest == 0) return;
  const std::uint32_t bits =
      (Byte(in[0]) << 16) | (rest == 2 ? Byte(in[1]) << 8 : 0);
  out[0] = kAlphabet[bits >> 18];
  out[1] = kAlphabet[(bits >> 12) & 0x3f];
  if (rest == 2) out[2] = kAlphabet[(bits >> 6) & 0x3f];
}

bool Base64UrlDecodeTo(std::string_view text, char* out) {
  const std::size_t rest = text.size() % 4;
  if (rest == 1) return false;
  const std::size_t wide = DecodeWide(text.substr(0, text.size() - rest), out);
  if (wide == kNotDecoded) return false;
  out += wide / 4 * 3;
  // One OR over all values finds a character outside the alphabet at the end,
  // instead of a branch for each.
  std::uint8_t seen = 0;
  const char* in = text.data() + wide;
  const char* whole = text.data() + (text.size() - rest);
  for (; in != whole; in += 4) {
    const std::uint8_t a = kDecode[Byte(in[0])], b = kDecode[Byte(in[1])],
                       c = kDecode[Byte(in[2])], d = kDecode[Byte(in[3])];
    seen = static_cast<std::uint8_t>(seen | a | b | c | d);
    *out++ = static_cast<char>((a << 2) | (b >> 4));
    *out++ = static_cast<char>((b << 4) | (c >> 2));
    *out++ = static_cast<char>((c << 6) | d);
  }
  std::uint8_t spare = 0;
  if (rest >= 2) {
    const std::uint8_t a = kDecode[Byte(in[0])], b = kDecode[Byte(in[1])];
    seen = static_cast<std::uint8_t>(seen | a | b);
    *out++ = static_cast<char>((a << 2) | (b >> 4));
    spare = b & 0x0f;
    if (rest == 3) {
      const std::uint8_t c = kDecode[Byte(in[2])];
      seen = static_cast<std::uint8_t>(seen | c);
      *out++ = static_cast<char>((b << 4) | (c >> 2));
      spare = c & 0x03;
    }
  }
  return (seen & 0xc0) == 0 && spare == 0;
}

Result<std::string> Base64UrlDecode(std::string_view text) {
  std::string bytes(Base64UrlDecodedSize(text.size()) + kBase64UrlSlack, '\0');
  if (!Base64UrlDecodeTo(text, bytes.data())) {
    return Status(Reason::kBase64Malformed);
  }
  bytes.resize(bytes.size() - kBase64UrlSlack);
  return bytes;
}

Secret Base64UrlEncodeSecret(const Secret& bytes) {
  if (bytes.empty()) return Secret();
  // libsodium writes a NUL behind the text.
  Secret text =
      Secret::OfSize(sodium_base64_encoded_len(bytes.size(), kVariant));
  sodium_bin2base64(
      text.MutableBytes(), text.size(),
      reinterpret_cast<const unsigned char*>(bytes.Reveal().data()),
      bytes.size(), kVariant);
  return Secret::CopyOf(text.Reveal().substr(0, text.size() - 1));
}

Result<Secret> Base64UrlDecodeSecret(std::string_view text) {
  if (text.empty()) return Secret();
  if (text.size() % 4 == 1) return Status(Reason::kBase64Malformed);
  // libsodium 1.0.18 takes bytes beyond ASCII for digits.
  std::uint32_t seen = 0;
  for (const char c : text) seen |= Byte(c);
  if ((seen & 0x80) != 0) return Status(Reason::kBase64Malformed);
  Secret bytes = Secret::OfSize(Base64UrlDecodedSize(text.size()));
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.MutableBytes()),
                        bytes.size(), text.data(), text.size(), nullptr, &size,
                        nullptr, kVariant) != 0 ||
      size != bytes.size()) {
    return Status(Reason::kBase64Malformed);
  }
  return bytes;
}

}  // namespace clone_auth
