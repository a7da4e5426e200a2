#include "crypto/pem.h"

#include <sodium/utils.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/macros.h"

namespace clone_auth {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::size_t kLineSize = 64;
constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;

Status Malformed(std::string message) {
  return Status(Reason::kPemMalformed, std::move(message));
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool StartsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// RFC 7468 section 3: upper-case words.
bool IsLabel(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ';
  });
}

// What stands between the two lines of the block that is all of `text`.
Result<std::string_view> FindBody(std::string_view text,
                                  std::string_view& label) {
  if (!StartsWith(text, kBegin)) {
    return text.find(kBegin) == std::string_view::npos
               ? Malformed("the text has no line '-----BEGIN'")
               : Malformed("something stands in front of the block");
  }
  text.remove_prefix(kBegin.size());
  const std::size_t dashes = text.find(kDashes);
  label = text.substr(0, dashes);
  if (dashes == std::string_view::npos || !IsLabel(label)) {
    return Malformed("the line '-----BEGIN' is cut off");
  }
  text.remove_prefix(dashes + kDashes.size());
  const std::size_t end = text.find(kEnd);
  if (end == std::string_view::npos) {
    return Malformed("the text has no line '-----END'");
  }
  const std::string_view body = text.substr(0, end);
  text.remove_prefix(end + kEnd.size());
  if (!StartsWith(text, label) ||
      !StartsWith(text.substr(label.size()), kDashes)) {
    return Malformed("the block ends under another name than it begins");
  }
  text.remove_prefix(label.size() + kDashes.size());
  if (text.find(kBegin) != std::string_view::npos) {
    return Malformed("the text has more than one block");
  }
  if (!text.empty()) return Malformed("something stands behind the block");
  return body;
}

// libsodium's decoder, whose time does not depend on the text.
Result<Secret> Decode(std::string_view body) {
  const bool ascii = std::all_of(body.begin(), body.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80;
  });
  Secret bytes = Secret::OfSize(body.size() / 4 * 3 + 3);
  std::size_t size = 0;
  if (!ascii ||
      sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.MutableBytes()),
                        bytes.size(), body.data(), body.size(), "\r\n", &size,
                        nullptr, kVariant) != 0 ||
      size == 0) {
    return Malformed("the block is not base64");
  }
  return Secret::CopyOf(bytes.Reveal().substr(0, size));
}

}  // namespace

Result<PemBlock> ReadPem(std::string_view text) {
  if (text.size() > kKeyFileMaxSize) {
    return Malformed("the text has more than 64 KiB");
  }
  std::string_view label;
  CLONE_AUTH_ASSIGN_OR_RETURN(const std::string_view body,
                              FindBody(Trimmed(text), label));
  // RFC 1421 and PKCS#8 say it in a header and in the label.
  if (label == "ENCRYPTED PRIVATE KEY" ||
      body.find("4,ENCRYPTED") != std::string_view::npos) {
    return Status(Reason::kKeyEncrypted);
  }
  CLONE_AUTH_ASSIGN_OR_RETURN(Secret der, Decode(Trimmed(body)));
  return PemBlock{std::string(label), std::move(der)};
}

Secret WritePem(std::string_view label, const Secret& der) {
  Secret text = Secret::OfSize(sodium_base64_encoded_len(der.size(), kVariant));
  sodium_bin2base64(text.MutableBytes(), text.size(),
                    reinterpret_cast<const unsigned char*>(der.Reveal().data()),
                    der.size(), kVariant);
  // Without the NUL that libsodium writes behind it.
  const std::string_view digits = text.Reveal().substr(0, text.size() - 1);
  const std::size_t lines = (digits.size() + kLineSize - 1) / kLineSize;
  const std::size_t around =
      kBegin.size() + kEnd.size() + 2 * label.size() + 2 * kDashes.size() + 2;
  Secret pem = Secret::OfSize(around + digits.size() + lines);
  char* out = pem.MutableBytes();
  const auto append = [&out](std::string_view part) {
    std::memcpy(out, part.data(), part.size());
    out += part.size();
  };
  append(kBegin);
  append(label);
  append(kDashes);
  append("\n");
  for (std::size_t at = 0; at < digits.size(); at += kLineSize) {
    append(digits.substr(at, kLineSize));
    append("\n");
  }
  append(kEnd);
  append(label);
  append(kDashes);
  append("\n");
  return pem;
}

}  // namespace clone_auth
