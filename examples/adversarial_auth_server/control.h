#pragma once

// What a test asks of the server beside the protocol, in JSON:
//
//   POST   /_control/sessions  {"subject"?}            -> 201 {"access",
//                                                         "refresh"}
//   POST   /_control/faults    {"faults": ["cut=10"]}  -> {"pending"}
//   DELETE /_control/faults                            -> {"pending"}
//   POST   /_control/devices   {"user_code", "agreed"} -> {}
//   GET    /_control/counts                            -> AdversarialCounts
//
// None of these requests is counted, and no fault befalls them.

#include <optional>
#include <string>

#include "clone/clock.h"
#include "clone/http.h"
#include "clone/testing/adversarial_auth_server.h"

namespace adversarial {

/// The answer to such a request; empty where it is none.
std::optional<clone_auth::HttpResponse> Control(
    clone_auth::testing::AdversarialAuthServer& server,
    const clone_auth::HttpRequest& request, clone_auth::WallTime now);

/// {"access", "refresh"}
std::string TokensJson(const clone_auth::testing::FreshTokens& tokens);

}  // namespace adversarial
