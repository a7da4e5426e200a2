#pragma once

#include <curl/curl.h>

namespace clone_auth {

/// curl_global_init that makes libcurl wipe what it frees, since its buffers
/// held requests and answers with credentials in them. libcurl listens to the
/// first such call of a process: where the program initialised it before,
/// nothing changes. The shared object that this code is in stays loaded from
/// then on. May be called by several threads, with a libcurl that is
/// thread-safe itself.
CURLcode InitWipingCurl();

}  // namespace clone_auth
