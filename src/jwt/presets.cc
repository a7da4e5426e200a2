#include <algorithm>
#include <string>
#include <utility>

#include "base/macros.h"
#include "clone/jwt_presets.h"
#include "jwt/preset_table.h"

namespace clone_auth {
namespace {

Status Invalid(std::string_view preset, const std::string& what) {
  return Status(Reason::kInvalidArgument,
                "the preset '" + std::string(preset) + "' " + what);
}

Status CheckInput(const PresetRow& row, std::string_view name,
                  std::string_view description, const std::string& value) {
  if (description.empty() == value.empty()) return Status();
  return Invalid(row.name, value.empty()
                               ? "needs " + std::string(name) + ": " +
                                     std::string(description)
                               : "does not take " + std::string(name));
}

std::string Filled(std::string_view pattern, const JwtPresetInput& input) {
  const std::pair<std::string_view, const std::string*> fields[] = {
      {"{issuer}", &input.issuer},
      {"{tenant}", &input.tenant},
      {"{audience}", &input.audience}};
  std::string text(pattern);
  for (const auto& [field, value] : fields) {
    const std::size_t at = pattern.find(field);
    if (at != std::string_view::npos) text.replace(at, field.size(), *value);
  }
  return text;
}

Status AddAlgorithms(std::string_view names, JwtPolicy& policy) {
  while (!names.empty()) {
    const std::string_view name = names.substr(0, names.find(' '));
    CLONE_AUTH_ASSIGN_OR_RETURN(const JwtAlgorithm algorithm,
                                ParseJwtAlgorithm(name));
    policy.algorithms.push_back(algorithm);
    names.remove_prefix(std::min(name.size() + 1, names.size()));
  }
  return Status();
}

Result<JwtPolicy> MakePolicy(const PresetRow& row,
                             const JwtPresetInput& input) {
  JwtPolicy policy;
  policy.kind = row.kind;
  CLONE_AUTH_RETURN_IF_ERROR(AddAlgorithms(row.algorithms, policy));
  for (const std::string_view issuer : row.issuers) {
    if (!issuer.empty()) policy.issuers.push_back(Filled(issuer, input));
  }
  if (!input.audience.empty()) policy.audiences = {input.audience};
  policy.types.clear();
  for (const std::string_view type : row.types) {
    if (!type.empty()) policy.types.emplace_back(type);
  }
  for (const PresetRule& rule : row.rules) {
    if (rule.claim.empty()) continue;
    JwtClaimRule& added = policy.claims.emplace_back();
    added.name = rule.claim;
    if (!rule.value.empty()) added.values = {Filled(rule.value, input)};
  }
  for (const JwtRelaxation& relaxation : row.relaxations) {
    if (!relaxation.name.empty()) policy.*relaxation.flag = true;
  }
  return policy;
}

}  // namespace

std::vector<JwtPreset> JwtPresets() {
  std::vector<JwtPreset> presets;
  for (const PresetRow& row : PresetTable()) {
    JwtPreset preset{row.name,     row.issuer, row.tenant,
                     row.audience, row.kind,   {}};
    for (const JwtRelaxation& relaxation : row.relaxations) {
      if (!relaxation.name.empty()) {
        preset.relaxations.push_back(relaxation.name);
      }
    }
    presets.push_back(std::move(preset));
  }
  return presets;
}

Result<JwtPolicy> MakeJwtPolicy(std::string_view preset,
                                const JwtPresetInput& input) {
  for (const PresetRow& row : PresetTable()) {
    if (row.name != preset) continue;
    CLONE_AUTH_RETURN_IF_ERROR(
        CheckInput(row, "an issuer", row.issuer, input.issuer));
    CLONE_AUTH_RETURN_IF_ERROR(
        CheckInput(row, "a tenant", row.tenant, input.tenant));
    CLONE_AUTH_RETURN_IF_ERROR(
        CheckInput(row, "an audience", row.audience, input.audience));
    return MakePolicy(row, input);
  }
  return Invalid(preset, "does not exist");
}

}  // namespace clone_auth
