#pragma once

// The bodies of the API's answers as values. What a server leaves out is
// empty; what it says in another type than expected is answer_malformed, with
// the place and never the content.

#include "clone/json.h"
#include "clone/rest_client.h"
#include "clone/result.h"

namespace clone_auth {

Result<User> ReadUser(const JsonValue& body);
/// Also reads what servers answer that sign in at once: {"user": {...}, ...}.
Result<Account> ReadAccount(const JsonValue& body);
Result<SessionTokens> ReadTokens(const JsonValue& body);
Result<SignedIn> ReadSignedIn(const JsonValue& body);
Result<ApiKeyInfo> ReadApiKeyInfo(const JsonValue& body);
Result<IssuedApiKey> ReadIssuedApiKey(const JsonValue& body);
/// Also reads a plain array as the only page.
Result<ApiKeyPage> ReadApiKeyPage(const JsonValue& body);
Result<AuditPage> ReadAuditPage(const JsonValue& body);
Result<bool> ReadValidity(const JsonValue& body);

}  // namespace clone_auth
