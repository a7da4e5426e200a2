#pragma once

// What a stored session keeps of an authorization server's grant.

#include <array>
#include <string>

#include "clone/token_session.h"
#include "clone/token_store.h"

namespace clone_auth {

struct GrantRow {
  const char* name;  ///< in a file
  std::string StoredSession::*stored;
  std::string TokenSessionOptions::*option;
};

/// In the order in which they are kept where they have no names.
inline constexpr std::array kGrantRows = {
    GrantRow{"issuer", &StoredSession::issuer, &TokenSessionOptions::issuer},
    GrantRow{"token_endpoint", &StoredSession::token_endpoint,
             &TokenSessionOptions::token_endpoint},
    GrantRow{"client_id", &StoredSession::client_id,
             &TokenSessionOptions::client_id},
    GrantRow{"resource", &StoredSession::resource,
             &TokenSessionOptions::resource},
};

/// True where there is anything of the kind to keep.
bool IsGranted(const StoredSession& session);

}  // namespace clone_auth
