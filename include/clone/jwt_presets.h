#pragma once

// Policies for the tokens of issuers that are out there, from one table. A
// preset is pure: what it makes depends on its input alone, and where it
// relaxes a check it says so by name. Keys are not a part of it.

#include <string>
#include <string_view>
#include <vector>

#include "clone/jwt_policy.h"
#include "clone/result.h"

namespace clone_auth {

/// What a preset is told. One that has no use for the issuer or tenant takes
/// none.
struct JwtPresetInput {
  /// `iss`, as the issuer's metadata has it, where the preset cannot tell it.
  std::string issuer;
  /// Who of the issuer's many customers: a tenant, project or owner.
  std::string tenant;
  /// For whom the tokens must be made: an API's identifier for access tokens,
  /// the client's id for ID tokens.
  std::string audience;
};

/// One row of the table.
struct JwtPreset {
  std::string_view name;      ///< such as "entra-v2"
  std::string_view issuer;    ///< what the issuer is; empty where it takes none
  std::string_view tenant;    ///< what the tenant is; likewise
  std::string_view audience;  ///< what the audience is; likewise
  JwtKind kind;
  /// Flags of JwtPolicy that it sets.
  std::vector<std::string_view> relaxations;
};

/// Every preset, sorted by name.
std::vector<JwtPreset> JwtPresets();

/// The policy of the preset with this name. Errors: invalid_argument (no such
/// preset, or an input that it needs is empty or one that it has no use for is
/// not).
Result<JwtPolicy> MakeJwtPolicy(std::string_view preset,
                                const JwtPresetInput& input);

}  // namespace clone_auth
