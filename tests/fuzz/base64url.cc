// The two decoders of base64url, and their encoders.

#include "base/base64url.h"

#include <string>

#include "fuzz/target.h"

namespace clone_auth::fuzz {
namespace {

void CheckText(std::string_view text) {
  const auto bytes = Base64UrlDecode(text);
  const auto secret = Base64UrlDecodeSecret(text);
  Require(bytes.ok() == secret.ok(), "both decoders take the same texts");
  if (!bytes.ok()) return;
  Require(*bytes == secret->Reveal(), "both decoders read the same bytes");
  Require(bytes->size() == Base64UrlDecodedSize(text.size()),
          "the size of the bytes follows from that of the text");
  Require(Base64UrlEncode(*bytes) == text,
          "bytes have one text that is taken for them");
}

void CheckBytes(std::string_view bytes) {
  const std::string text = Base64UrlEncode(bytes);
  const auto decoded = Base64UrlDecode(text);
  Require(decoded.ok() && *decoded == bytes,
          "what is encoded decodes to what it was");
  Require(Base64UrlEncodeSecret(Secret::CopyOf(bytes)).Reveal() == text,
          "both encoders write the same text");
}

}  // namespace

void Run(std::string_view input) {
  CheckText(input);
  CheckBytes(input);
}

}  // namespace clone_auth::fuzz
