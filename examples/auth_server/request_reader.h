#pragma once

// Bytes of a connection to HttpRequests, strictly (RFC 9112): what two servers
// could read differently is refused. One reader serves one connection, one
// request after the other; it knows no socket.

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "clone/http.h"
#include "clone/reason.h"
#include "options.h"

namespace auth_server {

/// How to answer what is not a request.
struct Refusal {
  int status = 400;
  clone_auth::Reason reason = clone_auth::Reason::kInvalidArgument;
  std::string_view detail;
};

class RequestReader {
 public:
  enum class State {
    kEmpty,     ///< nothing of the next request is here
    kHead,      ///< a part of the head
    kBody,      ///< the head, and perhaps a part of the body
    kComplete,  ///< request() is whole
    kRefused,   ///< see refusal(); nothing more can be read
  };

  explicit RequestReader(const ConnectionLimits& limits);
  ~RequestReader();

  /// Where the next bytes go; never empty.
  std::span<char> Space();
  /// `size` bytes were put there.
  void Commit(std::size_t size);

  /// Begins the next request with what is already here.
  void Next();

  State state() const;
  const Refusal& refusal() const;

  /// True, once, for a client that waits for "100 Continue" (RFC 9110 section
  /// 10.1.1).
  bool TakeExpectation();

  clone_auth::HttpRequest& request();
  bool keep_alive() const;
  bool is_http_1_0() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace auth_server
