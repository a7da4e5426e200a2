#include "capi/exchange.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "clone/secret.h"

namespace clone_auth::capi {
namespace {

std::string_view Trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

Result<HttpResponse> ReadAnswer(int status, std::string_view headers,
                                std::string_view body) {
  const HttpLimits limits;
  if (headers.size() > limits.max_headers || body.size() > limits.max_body) {
    return Status(Reason::kAnswerTooLarge);
  }
  return HttpResponse{status, ReadFields(headers), std::string(body)};
}

}  // namespace

std::int64_t NanosecondsTo(WallTime until, WallTime now) {
  const std::chrono::nanoseconds wait = until - now;
  return std::max<std::int64_t>(wait.count(), 0);
}

HttpHeaders ReadFields(std::string_view block) {
  HttpHeaders headers;
  while (!block.empty()) {
    const std::string_view line = block.substr(0, block.find('\n'));
    block.remove_prefix(std::min(line.size() + 1, block.size()));
    const auto colon = line.find(':');
    if (colon == line.npos || colon == 0) continue;
    headers.Add(std::string(line.substr(0, colon)),
                std::string(Trim(line.substr(colon + 1))));
  }
  return headers;
}

ReportedAnswer::ReportedAnswer(int status, std::string_view headers,
                               std::string_view body)
    : outcome_(ReadAnswer(status, headers, body)) {}

ReportedAnswer::~ReportedAnswer() {
  if (outcome_.ok()) WipeBytes(outcome_->body.data(), outcome_->body.size());
}

}  // namespace clone_auth::capi
