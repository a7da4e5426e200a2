#include "clone/session_key.h"

#include <cstdint>
#include <functional>

namespace clone_auth {

std::size_t SessionKeyHash::operator()(const SessionKey& key) const {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  std::uint64_t hash = 0;
  for (const std::string* part :
       {&key.issuer, &key.resource, &key.tenant, &key.subject, &key.client}) {
    // One after the other, so that a text counts by the part it stands in.
    hash = (hash ^ std::hash<std::string>{}(*part)) * kOdd;
    hash ^= hash >> 32;
  }
  return static_cast<std::size_t>(hash);
}

}  // namespace clone_auth
