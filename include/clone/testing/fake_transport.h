#pragma once

// The network of tests: answers a client's requests from a script or a
// function, without a socket. May be shared between threads.

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "clone/http.h"
#include "clone/reason.h"
#include "clone/result.h"
#include "clone/status.h"

namespace clone_auth::testing {

/// A transport whose answers are scripted: those that were pushed, in their
/// order, then those of the handler. Keeps every request. An exchange that
/// nobody scripted is unreachable.
class FakeTransport final : public HttpTransport {
 public:
  /// Called without a lock, so it may block or ask this object.
  using Handler = std::function<Result<HttpResponse>(const HttpRequest&)>;

  FakeTransport() = default;
  explicit FakeTransport(Handler handler) : handler_(std::move(handler)) {}

  /// One more answer, given once.
  void Push(int status, std::string body = "", HttpHeaders headers = {}) {
    Push(HttpResponse{status, std::move(headers), std::move(body)});
  }
  /// The same, or why there was none, such as Status(Reason::kTimeout).
  void Push(Result<HttpResponse> outcome) {
    const std::lock_guard lock(mutex_);
    script_.push_back(std::move(outcome));
  }

  Result<HttpResponse> Send(const HttpRequest& request,
                            const HttpLimits& limits) override {
    Handler handler;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      limits_.push_back(limits);
      if (!script_.empty()) {
        Result<HttpResponse> next = std::move(script_.front());
        script_.pop_front();
        return next;
      }
      handler = handler_;
    }
    // Outside the lock, so that a handler may block or look at requests().
    if (handler) return handler(request);
    return Status(Reason::kUnreachable);
  }

  /// Everything that was sent, in its order.
  std::vector<HttpRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  /// Empty where nothing was sent.
  HttpRequest last_request() const {
    const std::lock_guard lock(mutex_);
    return requests_.empty() ? HttpRequest{} : requests_.back();
  }
  HttpLimits last_limits() const {
    const std::lock_guard lock(mutex_);
    return limits_.empty() ? HttpLimits{} : limits_.back();
  }
  /// How many requests were sent.
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return requests_.size();
  }

 private:
  mutable std::mutex mutex_;
  Handler handler_;
  std::deque<Result<HttpResponse>> script_;
  std::vector<HttpRequest> requests_;
  std::vector<HttpLimits> limits_;
};

}  // namespace clone_auth::testing
