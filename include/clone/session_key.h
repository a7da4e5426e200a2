#pragma once

// Whose session it is. A process that acts for many users keeps each one's
// tokens under all five parts: under a URL or the hash of a header, sooner or
// later, one user gets another's. A value like any other.

#include <cstddef>
#include <string>

namespace clone_auth {

struct SessionKey {
  std::string issuer;    ///< who issues the tokens; never empty
  std::string resource;  ///< what they are for (RFC 8707), such as a base URL
  std::string tenant;    ///< the organization, where there are several
  std::string subject;   ///< the user; never empty
  std::string client;    ///< the OAuth client that holds them

  friend bool operator==(const SessionKey& a, const SessionKey& b) {
    return a.subject == b.subject && a.tenant == b.tenant &&
           a.client == b.client && a.resource == b.resource &&
           a.issuer == b.issuer;
  }
  friend bool operator!=(const SessionKey& a, const SessionKey& b) {
    return !(a == b);
  }
};

/// For tables of the standard library, which compare the keys as well.
struct SessionKeyHash {
  std::size_t operator()(const SessionKey& key) const;
};

}  // namespace clone_auth
