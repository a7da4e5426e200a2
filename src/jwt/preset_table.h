#pragma once

// The table of presets. A new one is a row.

#include <array>
#include <string_view>

#include "clone/jwt_policy.h"

namespace clone_auth {

/// A flag of JwtPolicy by its name.
struct JwtRelaxation {
  std::string_view name;
  bool JwtPolicy::*flag;
};

inline constexpr JwtRelaxation kAnyIssuer = {"allow_any_issuer",
                                             &JwtPolicy::allow_any_issuer};
inline constexpr JwtRelaxation kAnyAudience = {"allow_any_audience",
                                               &JwtPolicy::allow_any_audience};
inline constexpr JwtRelaxation kMissingType = {"allow_missing_type",
                                               &JwtPolicy::allow_missing_type};

/// A claim that must be there, and with this value unless it is empty. In a
/// value and in an issuer, "{issuer}", "{tenant}" and "{audience}" stand for
/// the input.
struct PresetRule {
  std::string_view claim;
  std::string_view value = {};
};

/// Empty entries of the lists do not count.
struct PresetRow {
  std::string_view name;
  std::string_view issuer;  ///< what the input is, for whoever gives it
  std::string_view tenant;
  std::string_view audience;
  JwtKind kind;
  std::array<std::string_view, 2> issuers;
  std::string_view algorithms;  ///< names, with blanks between them
  std::array<std::string_view, 2> types;
  std::array<PresetRule, 3> rules = {};
  std::array<JwtRelaxation, 2> relaxations = {};
};

/// Sorted by name.
const std::array<PresetRow, 23>& PresetTable();

}  // namespace clone_auth
