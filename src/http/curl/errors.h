#pragma once

#include <curl/curl.h>

#include "base/url.h"
#include "clone/status.h"

namespace clone_auth {

/// Why a transfer with `url` that ended in `code` brought no answer. The
/// message names host and port, never a header or a body. `easy` is asked for
/// details.
Status StatusFromCurl(CURLcode code, CURL* easy, const Url& url);

}  // namespace clone_auth
