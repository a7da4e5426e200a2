#pragma once

#include "clone/api_key_scheme.h"

namespace clone_auth::testing {

/// The scheme that tests of keys run with: Clone's, or acme_/X-Acme-Key where
/// CLONE_AUTH_TEST_SCHEME is "acme".
const ApiKeyScheme& TestScheme();

}  // namespace clone_auth::testing
