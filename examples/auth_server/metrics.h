#pragma once

// What one worker counts. Its own thread alone writes, with no locked
// instruction; whoever scrapes reads at any time.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "clone/http.h"

namespace auth_server {

/// A number with one writer and any readers.
class Cell {
 public:
  void Add(std::uint64_t amount) {
    value_.store(value() + amount, std::memory_order_relaxed);
  }
  void Subtract(std::uint64_t amount) { Add(0 - amount); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// The labels that a request can have; what a client makes up is "other".
inline constexpr std::array<std::string_view, 6> kMethodLabels = {
    "GET", "POST", "DELETE", "HEAD", "OPTIONS", "other"};
inline constexpr std::array<std::string_view, 5> kStatusLabels = {
    "1xx", "2xx", "3xx", "4xx", "5xx"};
inline constexpr std::array<std::string_view, 19> kRouteLabels = {
    "/api/auth/me/",
    "/api/auth/token/refresh/",
    "/api/auth/keys/",
    "/api/auth/keys/{id}/",
    "/api/auth/keys/{id}/roll/",
    "/api/auth/keys/{id}/audit/",
    "/api/auth/keys/audit/",
    "/api/auth/keys/revoke-leaked/",
    "/api/auth/verify/",
    "/token",
    "/api/auth/login/",
    "/api/auth/logout/",
    "/api/auth/signup/",
    "/api/auth/invite/validate/",
    "/api/auth/waitlist/",
    "/.well-known/jwks.json",
    "/healthz",
    "/readyz",
    "other"};

/// Upper ends of the histogram's buckets, in microseconds.
inline constexpr std::array<std::int64_t, 14> kBucketMicros = {
    50,     100,    250,    500,     1'000,   2'500,     5'000,
    10'000, 25'000, 50'000, 100'000, 250'000, 1'000'000, 5'000'000};

struct RouteMetrics {
  std::array<std::array<Cell, kStatusLabels.size()>, kMethodLabels.size()>
      answers;
  /// Not cumulative; the last one holds what is beyond the buckets.
  std::array<Cell, kBucketMicros.size() + 1> durations;
  Cell duration_micros;
};

/// More than there are reasons.
inline constexpr std::size_t kReasonSlots = 256;

class alignas(64) WorkerMetrics {
 public:
  void CountAnswer(std::string_view method, std::string_view target,
                   const clone_auth::HttpResponse& response,
                   std::chrono::microseconds duration);

  std::array<RouteMetrics, kRouteLabels.size()> routes;
  std::array<Cell, kReasonSlots> refusals;  ///< by Reason
  Cell connections_accepted;
  Cell connections_open;
  Cell large_body_bytes;
};

/// The index of the label in kRouteLabels for the path of `target`.
std::size_t RouteOf(std::string_view target);

}  // namespace auth_server
