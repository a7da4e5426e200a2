#pragma once

// HttpResponse to bytes.

#include <string>
#include <string_view>

#include "clone/http.h"
#include "request_reader.h"

namespace auth_server {

struct ResponseContext {
  std::string_view date;  ///< value of the Date field
  std::string_view request_id;
  bool head_only = false;  ///< the answer to HEAD
  bool keep_alive = true;
  bool http_1_0 = false;
};

/// Replaces `text` by the response's bytes.
void WriteResponse(const clone_auth::HttpResponse& response,
                   const ResponseContext& context, std::string& text);

/// The answer to what is no request, or to one that cannot be served.
clone_auth::HttpResponse ErrorResponse(const Refusal& refusal);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
std::string HttpDate(std::int64_t unix_seconds);

}  // namespace auth_server
