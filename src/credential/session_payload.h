#pragma once

// A session as the payload of a record: whatever passes through here lies in
// memory that is wiped.

#include <optional>
#include <string_view>

#include "clone/clock.h"
#include "clone/secret.h"
#include "clone/token_store.h"

namespace clone_auth {

/// Tokens of which nobody says when they came have come at `now`. Times are
/// kept in microseconds.
Secret EncodeSession(const StoredSession& session, WallTime now);

/// Empty where `payload` is no session.
std::optional<StoredSession> DecodeSession(std::string_view payload);

}  // namespace clone_auth
