#pragma once

// Who is signed in, by the word of whoever knows it.

#include <string>

#include "clone/rest_client.h"
#include "clone/result.h"
#include "workspace.h"

namespace clonit {

struct Identity {
  /// Where the cloud is no API of ours, what the issuer says: `id` is `sub`.
  clone_auth::User user;
  std::string name;  ///< empty where nobody tells it

  /// The best there is to call them by.
  const std::string& Handle() const;
};

/// Asks the cloud and, where that has no `/api/auth/me/`, the issuer of the
/// session. Refreshes the session where needed. Errors: those of
/// RestClient::Me, of Discovery and of ParseUserInfo.
clone_auth::Result<Identity> IdentityOf(Workspace& workspace,
                                        SignedInClient& opened);

}  // namespace clonit
