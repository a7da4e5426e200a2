#include "jwt/token_kind.h"

#include <array>
#include <string>

namespace clone_auth {
namespace {

constexpr std::uint8_t BitOf(JwtKind kind) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(kind));
}

constexpr std::uint8_t kAccess = BitOf(JwtKind::kAccess);
constexpr std::uint8_t kRefresh = BitOf(JwtKind::kRefresh);
constexpr std::uint8_t kId = BitOf(JwtKind::kId);
// Of none of these kinds, or of more than one.
constexpr std::uint8_t kOther = 0x80;

struct Mark {
  std::string_view claim;
  std::string_view value;
  std::uint8_t kind;
};

// Values that are not listed say nothing: an issuer may mean anything by them.
constexpr std::array kMarks = {
    Mark{"token_type", "access", kAccess},  // SimpleJWT
    Mark{"token_type", "refresh", kRefresh},
    Mark{"token_type", "sliding", kOther},
    Mark{"token_type", "Bearer", kAccess},
    Mark{"token_use", "access", kAccess},  // Cognito
    Mark{"token_use", "id", kId},
    Mark{"typ", "Bearer", kAccess},  // Keycloak
    Mark{"typ", "ID", kId},
    Mark{"typ", "Refresh", kRefresh},
    Mark{"typ", "Offline", kRefresh},
    Mark{"typ", "Logout", kOther},
};

}  // namespace

void KindMarks::AddMark(std::string_view name, JsonSlice value) {
  if (name == "at_hash" || name == "c_hash" || name == "nonce") {
    looks_like_id_ = true;
    return;
  }
  if (name != "typ" && name != "token_use" && name != "token_type") return;
  if (!value.IsString()) return;
  std::string storage;
  const std::string_view text = value.String(storage);
  for (const Mark& mark : kMarks) {
    if (mark.claim == name && mark.value == text) said_ |= mark.kind;
  }
}

void KindMarks::AddType(std::string_view normal_type) {
  if (normal_type == "at+jwt") said_ |= kAccess;
}

bool KindMarks::Allow(JwtKind kind) const {
  if (said_ != 0) return said_ == BitOf(kind);
  return !looks_like_id_ || kind == JwtKind::kId;
}

}  // namespace clone_auth
