#pragma once

// Finds out, after a credential was refused, what its sender is not told. It
// looks at the credential a second time, so nothing of this costs a request
// that is served.

#include "clone/http.h"
#include "clone/status.h"
#include "service/handlers.h"
#include "service/refusal_id.h"

namespace clone_auth::service {

/// Why `refusal` was said of the credential in `headers`.
Refusal CauseOf(const Context& context, const HttpHeaders& headers,
                const Status& refusal);

/// Puts the id of `refusal` into a 401; another answer stays as it is.
void AddRefusalId(const Context& context, const Refusal& refusal,
                  HttpResponse& answer);

}  // namespace clone_auth::service
