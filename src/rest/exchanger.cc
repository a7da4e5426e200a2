#include "rest/exchanger.h"

#include <algorithm>
#include <utility>

#include "base/macros.h"
#include "base/url.h"
#include "base/wiped_text.h"

namespace clone_auth {

Result<Exchanger> Exchanger::Create(RestClientOptions options) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const Url url, ParseUrl(options.base_url));
  CLONE_AUTH_RETURN_IF_ERROR(RequireSecure(url));
  if (url.target.find('?') != std::string::npos) {
    return Status(Reason::kUrlMalformed, "the base URL has a query");
  }
  Exchanger exchanger;
  exchanger.origin_ = url.Origin();
  exchanger.base_ = url.Origin() + url.target;
  while (exchanger.base_.back() == '/') exchanger.base_.pop_back();
  exchanger.options_ = std::move(options);
  if (exchanger.options_.transport == nullptr) {
    CLONE_AUTH_ASSIGN_OR_RETURN(exchanger.options_.transport,
                                MakeCurlTransport());
  }
  return exchanger;
}

// A path is one under the base; a URL must be of its origin.
Result<std::string> Exchanger::Resolve(const std::string& target) const {
  const bool is_path = !target.empty() && target.front() == '/';
  std::string url = is_path ? base_ + target : target;
  CLONE_AUTH_ASSIGN_OR_RETURN(const Url parsed, ParseUrl(url));
  if (parsed.Origin() != origin_) return Status(Reason::kForeignOrigin);
  return url;
}

Result<Exchanged> Exchanger::Send(HttpRequest request, bool with_credential,
                                  Repeat repeat) {
  Exchanged exchanged;
  Status sent = SendUntilAnswered(request, with_credential, repeat, exchanged);
  WipeText(request.body);
  request.headers.Wipe(exchanged.header_name);
  if (!sent.ok()) return sent;
  return exchanged;
}

Status Exchanger::SendUntilAnswered(HttpRequest& request, bool with_credential,
                                    Repeat repeat, Exchanged& exchanged) {
  CLONE_AUTH_ASSIGN_OR_RETURN(request.target, Resolve(request.target));
  const auto end = clock().SinceBoot() + options_.limits.total;
  bool renewed = false;
  for (int attempt = 1;;) {
    std::uint64_t generation = 0;
    if (with_credential && options_.credentials != nullptr) {
      CLONE_AUTH_ASSIGN_OR_RETURN(generation, Attach(request, exchanged));
    }
    auto outcome = SendBefore(end, request);
    if (outcome.ok() && outcome->status == 401 && !renewed &&
        !exchanged.header_name.empty() &&
        options_.credentials->Renew(generation)) {
      renewed = true;
      continue;
    }
    const auto wait = WaitBeforeRepeat(options_.retry, repeat, attempt, outcome,
                                       clock().Now(), random());
    if (!wait || clock().SinceBoot() + *wait >= end) {
      if (!outcome.ok()) return outcome.status();
      exchanged.response = std::move(outcome).value();
      return Status();
    }
    exchanged.maybe_taken |= MayHaveBeenTaken(outcome);
    clock().SleepFor(*wait);
    ++attempt;
  }
}

// Puts the current credential on `request`; returns its generation.
Result<std::uint64_t> Exchanger::Attach(HttpRequest& request,
                                        Exchanged& exchanged) {
  CLONE_AUTH_ASSIGN_OR_RETURN(
      const CredentialHeader header,
      options_.credentials->HeaderFor(request.method, request.target));
  request.headers.Set(header.name, std::string(header.value));
  exchanged.header_name = std::string(header.name);
  exchanged.header_value = Secret::CopyOf(header.value);
  return header.generation;
}

Result<HttpResponse> Exchanger::SendBefore(std::chrono::nanoseconds end,
                                           const HttpRequest& request) {
  using std::chrono::milliseconds;
  HttpLimits limits = options_.limits;
  limits.total =
      std::max(milliseconds(1),
               std::chrono::ceil<milliseconds>(end - clock().SinceBoot()));
  return options_.transport->Send(request, limits);
}

}  // namespace clone_auth
