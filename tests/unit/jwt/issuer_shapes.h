#pragma once

// What the tokens of issuers look like, by their documentation: which headers
// and claims there are, which of them may be absent, and what a token of the
// same issuer looks like that is for something else.

#include <string>
#include <vector>

#include "clone/jwt_presets.h"

namespace clone_auth::testing {

struct IssuerShape {
  std::string preset;
  JwtPresetInput input;
  std::string algorithm;
  /// Spellings of the header's `typ` member; empty: none.
  std::vector<std::string> types;
  /// Members that are always there, without `aud` and times. A comma stands
  /// behind each.
  std::string claims;
  /// Members that may be there.
  std::vector<std::string> more;
  /// In the place of `claims`, and of the first type: a token of another kind.
  std::string other_claims;
  std::string other_type;
  bool has_audience = true;
};

/// At least one for each preset.
std::vector<IssuerShape> IssuerShapes();

}  // namespace clone_auth::testing
