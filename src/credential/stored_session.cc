#include "credential/stored_session.h"

#include <algorithm>
#include <utility>

namespace clone_auth {

bool IsGranted(const StoredSession& session) {
  return std::any_of(
      kGrantRows.begin(), kGrantRows.end(),
      [&](const GrantRow& row) { return !(session.*row.stored).empty(); });
}

StoredSession MakeStoredSession(const TokenSessionOptions& options,
                                SessionTokens tokens) {
  StoredSession session{options.base_url, std::move(tokens)};
  for (const GrantRow& row : kGrantRows) {
    session.*row.stored = options.*row.option;
  }
  return session;
}

TokenSessionOptions SessionOptionsOf(const StoredSession& session) {
  TokenSessionOptions options;
  options.base_url = session.base_url;
  for (const GrantRow& row : kGrantRows) {
    options.*row.option = session.*row.stored;
  }
  return options;
}

}  // namespace clone_auth
