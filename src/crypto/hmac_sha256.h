#pragma once

#include "crypto/hmac.h"

namespace clone_auth {

using HmacSha256 = Hmac<Sha256Function>;

}  // namespace clone_auth
