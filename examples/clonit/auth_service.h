#pragma once

// The authorization server behind a cloud: how it is found, what is asked of
// it, and how a session ends there.

#include <string>

#include "clone/discovery.h"
#include "clone/http.h"
#include "clone/result.h"
#include "clone/status.h"
#include "clone/token_store.h"
#include "workspace.h"

namespace clonit {

/// Errors: those of Discovery.
clone_auth::Result<clone_auth::Discovered> DiscoverIssuer(
    Workspace& workspace, const std::string& issuer);

/// As a cloud names it. Further error: not_found, with what to do where it
/// names none.
clone_auth::Result<clone_auth::Discovered> DiscoverCloud(
    Workspace& workspace, const std::string& cloud_url);

/// Sends one request that holds a secret, and wipes it.
clone_auth::Result<clone_auth::HttpResponse> Ask(
    Workspace& workspace, clone_auth::HttpRequest request);

/// Ends `session` where it was granted. Ok where it is good for nothing any
/// more. Errors: grant_unsupported (nobody takes its tokens back); why it may
/// go on there.
clone_auth::Status EndAtServer(Workspace& workspace,
                               const clone_auth::StoredSession& session);

}  // namespace clonit
