#pragma once

// The request that a browser carries to the authorization endpoint (RFC 6749
// section 4.1.1). Pure.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace clone_auth {

/// Adds parameters to the endpoint's URL, behind those of its own query;
/// those without a value are left out.
std::string WithParameters(
    std::string url,
    const std::vector<std::pair<std::string_view, std::string_view>>&
        parameters);

}  // namespace clone_auth
