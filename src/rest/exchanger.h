#pragma once

// Sends one request of the REST client until there is an answer to keep:
// attaches the credential, renews it once on a 401, repeats what is safe to
// repeat. May be shared between threads.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "clone/clock.h"
#include "clone/credential.h"
#include "clone/http.h"
#include "clone/random.h"
#include "clone/rest_client.h"
#include "clone/result.h"
#include "clone/secret.h"
#include "rest/retry.h"

namespace clone_auth {

/// What was sent last, and what came of it.
struct Exchanged {
  HttpResponse response;
  std::string header_name;  ///< empty: no credential was sent
  Secret header_value;
  /// An earlier attempt of the same request may have been acted on.
  bool maybe_taken = false;

  std::optional<CredentialHeader> sent() const {
    if (header_name.empty()) return std::nullopt;
    return CredentialHeader{header_name, header_value.Reveal()};
  }
};

class Exchanger {
 public:
  /// Errors: url_malformed, insecure_url, those of MakeCurlTransport.
  static Result<Exchanger> Create(RestClientOptions options);

  /// The whole takes no longer than options.limits.total, waits included.
  /// Errors: as RestClient::Send, but for redirects, which are answers here.
  Result<Exchanged> Send(HttpRequest request, bool with_credential,
                         Repeat repeat);

  const Clock& clock() const {
    return options_.clock != nullptr ? *options_.clock : SystemClock();
  }

 private:
  Exchanger() = default;

  RandomSource& random() const {
    return options_.random != nullptr ? *options_.random : SystemRandom();
  }
  Result<std::string> Resolve(const std::string& target) const;
  Status SendUntilAnswered(HttpRequest& request, bool with_credential,
                           Repeat repeat, Exchanged& exchanged);
  Result<std::uint64_t> Attach(HttpRequest& request, Exchanged& exchanged);
  Result<HttpResponse> SendBefore(std::chrono::nanoseconds end,
                                  const HttpRequest& request);

  RestClientOptions options_;
  std::string origin_;
  std::string base_;  // the origin and a path, without a slash at its end
};

}  // namespace clone_auth
