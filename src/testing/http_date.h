#pragma once

#include <string>

#include "clone/clock.h"

namespace clone_auth::testing {

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
std::string HttpDate(WallTime time);

}  // namespace clone_auth::testing
