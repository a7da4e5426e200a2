#include "service/audit.h"

#include <sodium.h>

#include <algorithm>
#include <charconv>

#include "service/base64.h"

namespace clone_auth::service {
namespace {

// In the order of the enum.
constexpr std::array<std::string_view, 12> kNames = {
    "key_issued",
    "key_first_used",
    "key_rolled",
    "key_revoked",
    "key_used_after_revocation",
    "pepper_rotated",
    "account_disabled",
    "account_enabled",
    "password_set",
    "signing_key_rotated",
    "restored",
    "keys_imported",
};

const unsigned char* BytesOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string_view NameOf(AuditAction action) {
  return kNames[static_cast<std::size_t>(action)];
}

std::string AuditHead::ToText() const {
  if (sequence == 0) return "0";
  return std::to_string(sequence) + "." + ToBase64Url(hash.data(), hash.size());
}

std::optional<AuditHead> AuditHead::Parse(std::string_view text) {
  AuditHead head;
  if (text == "0") return head;
  const std::size_t dot = text.find('.');
  if (dot == text.npos) return std::nullopt;
  const char* const end = text.data() + dot;
  const auto [stop, error] = std::from_chars(text.data(), end, head.sequence);
  if (error != std::errc() || stop != end || head.sequence < 1 ||
      !FromBase64Url(text.substr(dot + 1), head.hash.data(),
                     head.hash.size())) {
    return std::nullopt;
  }
  return head;
}

AuditHash AuditChain::HashOf(const AuditHash& previous,
                             std::string_view row) const {
  AuditHash hash;
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, BytesOf(key_.Reveal()), key_.size());
  crypto_auth_hmacsha256_update(&state, previous.data(), previous.size());
  crypto_auth_hmacsha256_update(&state, BytesOf(row), row.size());
  crypto_auth_hmacsha256_final(&state, hash.data());
  sodium_memzero(&state, sizeof state);
  return hash;
}

}  // namespace clone_auth::service
