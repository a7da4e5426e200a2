#pragma once

// Diagnose (clone/diagnosis.h) for a request that held more secrets than its
// credential.

#include <optional>
#include <string_view>
#include <vector>

#include "clone/clock.h"
#include "clone/credential.h"
#include "clone/diagnosis.h"
#include "clone/http.h"

namespace clone_auth {

/// None of `secrets` is in what the diagnosis says.
Diagnosis DiagnoseHiding(std::vector<std::string_view> secrets,
                         const HttpResponse& response,
                         const std::optional<CredentialHeader>& sent,
                         WallTime now,
                         const std::optional<ClockSkew>& skew = std::nullopt);

}  // namespace clone_auth
