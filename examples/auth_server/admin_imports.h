#pragma once

// The operators' commands that import what another system has.

#include "admin_request.h"
#include "clone/json.h"
#include "clone/service_operations.h"

namespace auth_server {

Answer ImportDjango(clone_auth::ServiceOperations& operations,
                    const clone_auth::JsonValue& request);
Answer ImportKeys(clone_auth::ServiceOperations& operations,
                  const clone_auth::JsonValue& request);
Answer ImportProgress(clone_auth::ServiceOperations& operations,
                      const clone_auth::JsonValue& request);

}  // namespace auth_server
