// Refresh tokens, which the service makes and reads under a key of its own.

#include <string>

#include "constant_time/cases.h"
#include "constant_time/poison.h"
#include "service/refresh_tokens.h"

namespace clone_auth::constant_time {
namespace {

using service::RefreshTokens;

const std::string kKey(32, 'k');

bool Read() {
  const std::string token =
      RefreshTokens(Secret::CopyOf(kKey)).Make({Uuid(), 7});
  const auto read = RefreshTokens(Poisoned(kKey)).Read(token);
  return read.ok() && read->generation == 7;
}

bool Refuse() {
  std::string token = RefreshTokens(Secret::CopyOf(kKey)).Make({Uuid(), 7});
  token.back() = token.back() == 'A' ? 'E' : 'A';
  return !RefreshTokens(Poisoned(kKey)).Read(token).ok();
}

bool Make() { return !RefreshTokens(Poisoned(kKey)).Make({Uuid(), 7}).empty(); }

bool Digest() {
  const Secret token = Poisoned("rt_" + kKey);
  service::HashOf(token.Reveal());
  return true;
}

}  // namespace

std::vector<Case> ServiceCases() {
  return {
      {"a refresh token is made", Make},
      {"a good refresh token is read", Read, 1},
      {"a bad refresh token is refused", Refuse, 1},
      {"a refresh token is hashed", Digest},
  };
}

}  // namespace clone_auth::constant_time
