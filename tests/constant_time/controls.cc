#include <cstring>
#include <string>

#include "base/base64url.h"
#include "constant_time/cases.h"
#include "constant_time/poison.h"

namespace clone_auth::constant_time {
namespace {

const std::string kSecret(32, 's');

// As most people would write it.
bool StopsEarly() {
  const Secret a = Poisoned(kSecret);
  const Secret b = Poisoned(kSecret);
  bool equal = true;
  for (std::size_t i = 0; equal && i < a.size(); ++i) {
    equal = a.Reveal()[i] == b.Reveal()[i];
  }
  return Public(equal);
}

bool Memcmp() {
  const Secret a = Poisoned(kSecret);
  const Secret b = Poisoned(kSecret);
  const volatile std::size_t size = a.size();
  return Public(std::memcmp(a.Reveal().data(), b.Reveal().data(), size)) == 0;
}

// The encoder that is for the public parts of tokens.
bool LooksUpInATable() {
  const Secret secret = Poisoned(kSecret);
  return !Base64UrlEncode(secret.Reveal()).empty();
}

}  // namespace

// The verdicts are what the good way would branch on.
std::vector<Case> Controls() {
  return {
      {"control: a loop that stops at a difference is seen", StopsEarly, 1},
      {"control: memcmp is seen", Memcmp, 1},
      {"control: a look-up in a table is seen", LooksUpInATable},
  };
}

}  // namespace clone_auth::constant_time
