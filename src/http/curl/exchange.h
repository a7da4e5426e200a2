#pragma once

// One request and its answer on one easy handle.

#include <curl/curl.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "base/url.h"
#include "base/wiped_text.h"
#include "clone/http.h"
#include "clone/result.h"
#include "clone/status.h"

namespace clone_auth {

/// Ok if method and header fields can be written without changing where one
/// ends and the next begins. Error: invalid_argument, which names the field
/// and never its value.
Status CheckRequest(const HttpRequest& request);

/// True if `value` can stand in a header field (RFC 9110 section 5.5).
bool IsHeaderValue(std::string_view value);

class Exchange {
 public:
  /// All must outlive the exchange.
  Exchange(CURL* easy, const HttpRequest& request, const HttpLimits& limits,
           const Url& url)
      : easy_(easy), request_(request), limits_(limits), url_(url) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// Blocks until the answer is here. Errors: as HttpTransport::Send.
  Result<HttpResponse> Perform(const CurlTransportOptions& options);

 private:
  // Called by libcurl. Each returns how many bytes it took; fewer than given
  // ends the transfer.
  static std::size_t OnHeader(char* bytes, std::size_t size, std::size_t count,
                              void* exchange) noexcept;
  static std::size_t OnBody(char* bytes, std::size_t size, std::size_t count,
                            void* exchange) noexcept;
  static std::size_t OnSend(char* buffer, std::size_t size, std::size_t count,
                            void* exchange) noexcept;
  static curl_socket_t OnOpenSocket(void* exchange, curlsocktype purpose,
                                    curl_sockaddr* address) noexcept;
  static int OnSeek(void* exchange, curl_off_t offset, int origin) noexcept;

  bool TakeHeaderLine(std::string_view line);
  bool TakeBody(std::string_view bytes);
  bool Refuse(Reason reason, std::string_view what);

  Result<HttpResponse> Finish();

  CURL* easy_;
  const HttpRequest& request_;
  const HttpLimits& limits_;
  const Url& url_;

  HttpResponse response_;
  const WipedText wiped_{response_.body};  // where it is not handed on
  Status refusal_;                         // why a callback ended the transfer
  bool refused_address_ = false;
  std::size_t header_bytes_ = 0;
  std::size_t sent_ = 0;
  int heads_ = 0;
  bool in_head_ = false;
};

}  // namespace clone_auth
