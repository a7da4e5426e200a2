#pragma once

// Finds out, after a credential was refused, what its sender is not told. It
// looks at the credential a second time, so nothing of this costs a request
// that is served.

#include <string_view>

#include "clone/http.h"
#include "clone/status.h"
#include "service/handlers.h"
#include "service/refusal_id.h"

namespace clone_auth::service {

/// Why `refusal` was said of the credential in `headers`.
Refusal CauseOf(const Context& context, const HttpHeaders& headers,
                const Status& refusal);

/// The same where the credential is this text, wherever it stood.
Refusal CauseOf(const Context& context, std::string_view credential,
                const Status& refusal);

/// Remembers for the audit trail that a revoked key was used.
void NoteRefusal(const Context& context, const HttpRequest& request,
                 const Refusal& refusal);

/// Puts the id of `refusal` into a 401; another answer stays as it is.
void AddRefusalId(const Context& context, const Refusal& refusal,
                  HttpResponse& answer);

}  // namespace clone_auth::service
