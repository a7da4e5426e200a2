#pragma once

// What is polled hands out requests and waits, and is told answers: how these
// pass through the C interface.

#include <cstdint>
#include <string_view>

#include "clone/clock.h"
#include "clone/http.h"
#include "clone/result.h"

namespace clone_auth::capi {

inline std::int64_t SecondsOf(WallTime time) {
  return ToUnixSeconds(time).count();
}

std::int64_t NanosecondsTo(WallTime until, WallTime now);

/// An answer that a caller reports, wiped with its scope.
class ReportedAnswer {
 public:
  /// `headers` is a block of lines. Error of the outcome: answer_too_large.
  ReportedAnswer(int status, std::string_view headers, std::string_view body);
  ReportedAnswer(const ReportedAnswer&) = delete;
  ReportedAnswer& operator=(const ReportedAnswer&) = delete;
  ~ReportedAnswer();

  const Result<HttpResponse>& outcome() const { return outcome_; }

 private:
  Result<HttpResponse> outcome_;
};

/// The fields of a block of lines. A status line is left out, or comes under a
/// name that nobody asks for.
HttpHeaders ReadFields(std::string_view block);

}  // namespace clone_auth::capi
