#include "clone/testing/fault.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace clone_auth::testing {
namespace {

using K = FaultKind;
using P = FaultPlace;

constexpr std::int64_t kMostValue = 64 * 1024 * 1024;
constexpr int kMostTimes = 1'000'000;

constexpr std::array<FaultInfo, kFaultCount> kTable = {{
    {K::kSlowDown, "slow_down", "", 0, P::kPoll, false,
     "Answers a poll with slow_down, however slow it was."},
    {K::kSkewedDate, "skewed_date", "s", 300, P::kAny, true,
     "Writes a Date header that is so far ahead, or behind."},
    {K::kSameToken, "same_token", "", 0, P::kGrant, true,
     "Gives the access token that it gave before."},
    {K::kHtml502, "html_502", "", 0, P::kAny, false,
     "Answers as a gateway does whose server is gone: 502 and a page."},
    {K::kStall, "stall", "s", 0, P::kAny, true,
     "Holds the answer back so long; 0 stands for ever."},
    {K::kCut, "cut", "bytes", 10, P::kAny, true,
     "Closes the connection after so many bytes of the body."},
    {K::kLostAnswer, "lost_answer", "", 0, P::kAny, true,
     "Closes the connection without an answer."},
    {K::kRedirect307, "redirect_307", "", 0, P::kAny, false,
     "Redirects to another origin, with method and body."},
    {K::kRetryAfter, "retry_after", "s", 30, P::kAny, false,
     "Answers 503 with a Retry-After of so long."},
    {K::kRateLimited429, "rate_limited_429", "s", 60, P::kAny, false,
     "Answers 429 with a Retry-After of so long."},
    {K::kUnavailable503, "unavailable_503", "", 0, P::kAny, false,
     "Answers 503 and does not say for how long."},
    {K::kInvalidGrantOnce, "invalid_grant_once", "", 0, P::kGrant, false,
     "Refuses a good token, which stays good."},
    {K::kNoRefreshToken, "no_refresh_token", "", 0, P::kGrant, true,
     "Gives no new refresh token; the one that came stays good."},
    {K::kEmpty200, "empty_200", "", 0, P::kAny, true,
     "Answers 200 with nothing in it."},
    {K::kForeignSubject, "foreign_subject", "", 0, P::kGrant, true,
     "Gives the access token of somebody else."},
    {K::kHugeBody, "huge_body", "bytes", 2 * 1024 * 1024, P::kAny, true,
     "Answers with so many bytes more than needed."},
    {K::kGarbageJson, "garbage_json", "", 0, P::kAny, true,
     "Answers 200 with a body that is no JSON."},
    {K::kExpiresInZero, "expires_in_zero", "", 0, P::kGrant, true,
     "Gives an access token that has expired already."},
}};

Status Refuse(const FaultInfo& row, std::string_view what) {
  return Status(Reason::kInvalidArgument,
                "the fault " + std::string(row.name) + " " + std::string(what));
}

template <typename T>
bool ReadNumber(std::string_view text, T& number) {
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && rest == end;
}

// Cuts what stands behind the first `mark` off `text`.
std::optional<std::string_view> CutOff(std::string_view& text, char mark) {
  const std::size_t at = text.find(mark);
  if (at == text.npos) return std::nullopt;
  const std::string_view behind = text.substr(at + 1);
  text = text.substr(0, at);
  return behind;
}

}  // namespace

const std::array<FaultInfo, kFaultCount>& FaultTable() { return kTable; }

const FaultInfo& Describe(FaultKind kind) {
  return kTable[static_cast<std::size_t>(kind)];
}

Result<Fault> ParseFault(std::string_view text) {
  std::string_view name = text;
  const auto path = CutOff(name, '@');
  const auto times = CutOff(name, ':');
  const auto value = CutOff(name, '=');
  const auto row =
      std::find_if(kTable.begin(), kTable.end(),
                   [&](const FaultInfo& info) { return info.name == name; });
  if (row == kTable.end()) {
    return Status(Reason::kInvalidArgument,
                  "there is no fault '" + std::string(name) + "'");
  }
  Fault fault;
  fault.kind = row->kind;
  if (times && !ReadNumber(*times, fault.times)) {
    return Refuse(*row, "is asked for a number of times that is none");
  }
  if (value && !ReadNumber(*value, fault.value.emplace())) {
    return Refuse(*row, "has a value that is no whole number");
  }
  if (path && path->empty()) return Refuse(*row, "has an empty path");
  if (path) fault.path = *path;
  if (Status status = CheckFault(fault); !status.ok()) return status;
  return fault;
}

Status CheckFault(const Fault& fault) {
  const FaultInfo& row = Describe(fault.kind);
  if (fault.value && row.unit.empty()) return Refuse(row, "takes no value");
  const std::int64_t least = row.kind == K::kSkewedDate ? -kMostValue : 0;
  const std::int64_t value = fault.value.value_or(row.fallback);
  if (value < least || value > kMostValue) {
    return Refuse(row, "has a value out of range");
  }
  if (fault.times < 1 || fault.times > kMostTimes) {
    return Refuse(row, "is asked for too often, or never");
  }
  if (fault.path.empty()) return Status();
  if (row.place != P::kAny) {
    return Refuse(row, "befalls requests for tokens only and takes no path");
  }
  if (fault.path.front() != '/') {
    return Refuse(row, "has a path without a leading '/'");
  }
  return Status();
}

}  // namespace clone_auth::testing
