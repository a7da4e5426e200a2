#include "base/url.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/macros.h"

namespace clone_auth {
namespace {

constexpr std::size_t kMaxUrl = 8192;
constexpr std::size_t kMaxHost = 253;
constexpr std::size_t kMaxLabel = 63;

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Status Malformed(std::string_view what) {
  return Status(Reason::kUrlMalformed, "the URL " + std::string(what));
}

std::string LowerAscii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool HasForbiddenByte(std::string_view text) {
  for (const char c : text) {
    if (c <= 0x20 || c == 0x7f || c == '\\') return true;
    if (static_cast<unsigned char>(c) > 0x7f) return true;
  }
  return false;
}

// Names and dotted numbers. A label that is empty would let one host be
// written in two ways.
bool IsHostName(std::string_view host) {
  if (host.empty() || host.size() > kMaxHost) return false;
  std::size_t label = 0;
  for (const char c : host) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
      continue;
    }
    if (!IsLetter(c) && !IsDigit(c) && c != '-' && c != '_') return false;
    if (++label > kMaxLabel) return false;
  }
  return label > 0;
}

std::optional<std::string> CanonicalIpv6(std::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  if (inet_pton(AF_INET6, std::string(text).c_str(), address.data()) != 1) {
    return std::nullopt;
  }
  std::array<char, INET6_ADDRSTRLEN> canonical{};
  inet_ntop(AF_INET6, address.data(), canonical.data(), canonical.size());
  return std::string(canonical.data());
}

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  if (text.empty() || text.size() > 5 || text.front() == '0') {
    return std::nullopt;
  }
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return port;
}

// Splits "host:port" and "[v6]:port" and fills in both.
Status ReadAuthority(std::string_view authority, Url& url) {
  std::string_view rest;
  if (!authority.empty() && authority.front() == '[') {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return Malformed("has no host");
    auto host = CanonicalIpv6(authority.substr(1, close - 1));
    if (!host) return Malformed("has a malformed IPv6 address");
    url.host = *std::move(host);
    rest = authority.substr(close + 1);
  } else {
    const std::size_t colon = authority.find(':');
    const std::string_view host = authority.substr(0, colon);
    if (!IsHostName(host)) return Malformed("has no acceptable host");
    url.host = LowerAscii(host);
    if (colon != std::string_view::npos) rest = authority.substr(colon);
  }
  if (rest.empty()) return Status();
  const auto port =
      rest.front() == ':' ? ParsePort(rest.substr(1)) : std::nullopt;
  if (!port) return Malformed("has no acceptable port");
  url.port = *port;
  return Status();
}

// One octet of a dotted quad, written the one way that all resolvers agree
// on: no leading zero, which some of them read as octal.
bool IsCanonicalOctet(std::string_view text) {
  if (text.empty() || text.size() > 3) return false;
  if (text.size() > 1 && text.front() == '0') return false;
  int value = 0;
  for (const char c : text) {
    if (!IsDigit(c)) return false;
    value = value * 10 + (c - '0');
  }
  return value <= 255;
}

bool IsIpv4Loopback(std::string_view host) {
  if (host.substr(0, 4) != "127.") return false;
  for (int octet = 0; octet < 3; ++octet) {
    const std::size_t dot = host.find('.');
    if (dot == std::string_view::npos) return false;
    if (!IsCanonicalOctet(host.substr(0, dot))) return false;
    host.remove_prefix(dot + 1);
  }
  return IsCanonicalOctet(host);
}

}  // namespace

std::string Url::Origin() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return scheme + "://" + (is_ipv6 ? "[" + host + "]" : host) + ":" +
         std::to_string(port);
}

bool Url::IsLoopback() const {
  return host == "localhost" || host == "::1" || IsIpv4Loopback(host);
}

Result<Url> ParseUrl(std::string_view text) {
  if (text.empty()) return Malformed("is empty");
  if (text.size() > kMaxUrl) return Malformed("is too long");
  if (HasForbiddenByte(text)) {
    return Malformed("holds a character that is not allowed");
  }
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return Malformed("is not absolute");

  Url url;
  url.scheme = LowerAscii(text.substr(0, scheme_end));
  if (url.scheme != "http" && url.scheme != "https") {
    return Malformed("is neither http nor https");
  }
  url.port = url.scheme == "https" ? 443 : 80;

  const std::string_view rest = text.substr(scheme_end + 3);
  const std::size_t authority_end = rest.find_first_of("/?#");
  const std::string_view authority = rest.substr(0, authority_end);
  if (authority.find('@') != std::string_view::npos) {
    return Malformed("names a user");
  }
  CLONE_AUTH_RETURN_IF_ERROR(ReadAuthority(authority, url));

  if (authority_end != std::string_view::npos) {
    const std::string_view target = rest.substr(authority_end);
    url.target = std::string(target.substr(0, target.find('#')));
  }
  if (url.target.empty() || url.target.front() != '/') {
    url.target.insert(0, "/");
  }
  return url;
}

Status RequireSecure(const Url& url) {
  if (url.scheme == "https" || url.IsLoopback()) return Status();
  return Status(Reason::kInsecureUrl);
}

std::string EncodeUrlComponent(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(3 * text.size());  // once: some of these texts are secrets
  for (const char c : text) {
    if (IsLetter(c) || IsDigit(c) || c == '-' || c == '.' || c == '_' ||
        c == '~') {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kHex[byte >> 4];
    encoded += kHex[byte & 0x0f];
  }
  return encoded;
}

}  // namespace clone_auth
