#include "auth/presented.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace clone_auth {
namespace {

struct AuthScheme {
  std::string_view name;
  Place place;
};

// Schemes of Authorization that count as credentials of ours. Any other, such
// as a proxy's Basic, is somebody else's affair.
constexpr std::array kAuthSchemes = {
    AuthScheme{"Bearer", Place::kBearer},
    AuthScheme{"DPoP", Place::kDpop},
};

constexpr bool IsBlank(char c) { return c == ' ' || c == '\t'; }

bool IsSchemeChar(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
         (c >= 'a' && c <= 'z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// Blanks around a field's value are not part of it (RFC 9110 section 5.5).
std::string_view WithoutOuterBlanks(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

void AddAuthorization(std::string_view value,
                      const std::vector<std::string>& foreign,
                      Presented& presented) {
  const auto end = std::find_if_not(value.begin(), value.end(), IsSchemeChar);
  const auto size = static_cast<std::size_t>(end - value.begin());
  for (const AuthScheme& scheme : kAuthSchemes) {
    if (EqualsIgnoreAsciiCase(value.substr(0, size), scheme.name)) {
      presented.Add(scheme.place, value.substr(size));
    }
  }
  for (const std::string& scheme : foreign) {
    if (EqualsIgnoreAsciiCase(value.substr(0, size), scheme)) {
      presented.Add(Place::kForeign, value.substr(size));
    }
  }
}

}  // namespace

Presented Collect(const HttpHeaders& headers,
                  const AuthenticatorOptions& options) {
  Presented presented;
  for (const HttpHeader& field : headers) {
    if (EqualsIgnoreAsciiCase(field.name, options.scheme.header)) {
      presented.Add(Place::kKeyHeader, WithoutOuterBlanks(field.value));
    } else if (EqualsIgnoreAsciiCase(field.name, "Authorization")) {
      AddAuthorization(WithoutOuterBlanks(field.value),
                       options.foreign_keys.schemes, presented);
    }
  }
  return presented;
}

// Those that mean something already cannot mean another thing as well.
Status CheckForeignKeys(const ForeignKeyShapes& shapes) {
  for (const std::string& scheme : shapes.schemes) {
    const bool taken =
        EqualsIgnoreAsciiCase(scheme, "Basic") ||
        std::any_of(kAuthSchemes.begin(), kAuthSchemes.end(),
                    [&scheme](const AuthScheme& ours) {
                      return EqualsIgnoreAsciiCase(scheme, ours.name);
                    });
    if (taken || scheme.empty() ||
        !std::all_of(scheme.begin(), scheme.end(), IsSchemeChar)) {
      return Status(Reason::kInvalidArgument,
                    "'" + scheme + "' cannot be a scheme of foreign keys");
    }
  }
  for (const std::string& prefix : shapes.bearer_prefixes) {
    if (prefix.empty() ||
        !std::all_of(prefix.begin(), prefix.end(), IsVisible)) {
      return Status(Reason::kInvalidArgument,
                    "a prefix of foreign keys is empty or not visible");
    }
  }
  return Status();
}

}  // namespace clone_auth
