#include "clone/api_key_scheme.h"

#include <array>
#include <cstddef>

#include "clone/http.h"
#include "clone/reason.h"

namespace clone_auth {
namespace {

constexpr std::size_t kMinPrefixSize = 3;  // with the closing '_'
constexpr std::size_t kMaxPrefixSize = 17;
constexpr std::size_t kMaxHeaderSize = 64;

// Fields that HTTP, browsers or proxies act upon. A key in one of them would
// be logged, dropped or taken for something else.
constexpr std::array<std::string_view, 31> kTakenHeaders = {
    "Age",
    "Allow",
    "Authorization",
    "Cache-Control",
    "Connection",
    "Cookie",
    "Date",
    "DPoP",
    "ETag",
    "Expect",
    "Expires",
    "Forwarded",
    "From",
    "Host",
    "Idempotency-Key",
    "Keep-Alive",
    "Location",
    "Origin",
    "Pragma",
    "Range",
    "Referer",
    "Set-Cookie",
    "TE",
    "Trailer",
    "Upgrade",
    "User-Agent",
    "Transfer-Encoding",
    "Vary",
    "Via",
    "Warning",
    "WWW-Authenticate",
};
constexpr std::array<std::string_view, 7> kTakenHeaderFamilies = {
    "Accept", "Access-Control-", "Content-", "If-", "Proxy-",
    "Sec-",   "X-Forwarded-",
};

constexpr bool IsLowerOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool IsTokenChar(char c) {
  return IsLowerOrDigit(c) || (c >= 'A' && c <= 'Z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool IsGoodPrefix(std::string_view prefix) {
  if (prefix.size() < kMinPrefixSize || prefix.size() > kMaxPrefixSize ||
      prefix.back() != '_') {
    return false;
  }
  prefix.remove_suffix(1);
  for (const char c : prefix) {
    if (!IsLowerOrDigit(c)) return false;
  }
  return true;
}

bool IsToken(std::string_view header) {
  for (const char c : header) {
    if (!IsTokenChar(c)) return false;
  }
  return !header.empty() && header.size() <= kMaxHeaderSize;
}

bool IsTaken(std::string_view header) {
  for (const std::string_view name : kTakenHeaders) {
    if (EqualsIgnoreAsciiCase(header, name)) return true;
  }
  for (const std::string_view family : kTakenHeaderFamilies) {
    if (EqualsIgnoreAsciiCase(header.substr(0, family.size()), family)) {
      return true;
    }
  }
  return false;
}

}  // namespace

Status ApiKeyScheme::Validate() const {
  if (!IsGoodPrefix(prefix)) {
    return Status(Reason::kSchemeInvalid,
                  "the prefix is not 2 to 16 of a-z and 0-9 and then '_'");
  }
  if (!IsToken(header)) {
    return Status(Reason::kSchemeInvalid,
                  "the header is not a token of 1 to 64 characters");
  }
  if (IsTaken(header)) {
    return Status(Reason::kSchemeInvalid,
                  "the header has a meaning of its own in HTTP");
  }
  return Status();
}

}  // namespace clone_auth
