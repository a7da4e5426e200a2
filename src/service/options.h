#pragma once

#include "clone/service.h"
#include "clone/status.h"

namespace clone_auth::service {

/// What can be said of the options before anything is opened. Errors:
/// invalid_argument, scheme_invalid.
Status CheckOptions(const ServiceOptions& options);

}  // namespace clone_auth::service
