#pragma once

// A credential to be sent: its shape decides the header, and it goes only to
// the origins that it is bound to. Move-only and wiped. Immutable once made;
// may be shared between threads when const.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "clone/api_key_scheme.h"
#include "clone/result.h"
#include "clone/secret.h"

namespace clone_auth {

enum class CredentialShape : std::uint8_t { kBearer, kApiKey };

/// One header field, ready to attach. The views live as long as what they were
/// asked of says; the value is a secret.
struct CredentialHeader {
  std::string_view name;
  std::string_view value;
  /// Which credential of its source this is; goes up with each refresh.
  std::uint64_t generation = 0;
};

class Credential {
 public:
  /// `text` starts with the scheme's prefix: an API key. Any other printable
  /// text without blanks: a bearer token. Leading and trailing blanks are not
  /// removed. Errors: credential_missing (empty), credential_malformed (a
  /// control character, a blank, a byte beyond ASCII, or too long: 256 bytes
  /// for a key, 16 KiB for a token), scheme_invalid.
  static Result<Credential> Parse(Secret text, const ApiKeyScheme& scheme = {});

  /// Lets the credential go to the origin of `url` (scheme, host and port) as
  /// well. Until the first call it goes nowhere. Errors: url_malformed,
  /// insecure_url (plain http to a host that is not loopback).
  Status BindTo(std::string_view url);

  CredentialShape shape() const { return shape_; }

  /// The header for a request to `url`, valid as long as this object. Errors:
  /// foreign_origin, url_malformed.
  Result<CredentialHeader> HeaderFor(std::string_view method,
                                     std::string_view url) const;

  const Secret& text() const { return text_; }

 private:
  Credential() = default;
  CredentialShape shape_ = CredentialShape::kBearer;
  std::string header_name_;
  Secret text_;
  Secret header_value_;
  std::vector<std::string> origins_;
};

}  // namespace clone_auth
