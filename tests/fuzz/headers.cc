// The header fields of a request, one a line, in front of an authenticator.

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "fuzz/keys.h"
#include "fuzz/target.h"
#include "unit/auth/auth_world.h"

namespace clone_auth::fuzz {
namespace {

HttpHeaders FieldsOf(std::string_view text) {
  HttpHeaders fields;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    fields.Add(std::string(line.substr(0, colon)),
               std::string(line.substr(colon + 1)));
  }
  return fields;
}

void CheckRefusal(const Status& refusal) {
  static const std::set<int> statuses = {400, 401, 403, 503};
  const int status = Authenticator::HttpStatusOf(refusal);
  Require(statuses.count(status) == 1, "a refusal has one of four statuses");
}

void CheckChallenge(const Authenticator& authenticator, const Status& refusal) {
  const std::string challenge = authenticator.ChallengeFor(refusal);
  Require(std::all_of(challenge.begin(), challenge.end(),
                      [](char c) { return c >= ' ' && c <= '~'; }),
          "a challenge fits into a header field");
  if (Authenticator::HttpStatusOf(refusal) == 503) return;
  Require(challenge.rfind("Bearer realm=\"api\"", 0) == 0,
          "a refusal says how to authenticate");
}

void CheckPrincipal(const Principal& principal, HttpHeaders fields,
                    const Authenticator& authenticator) {
  Require(principal.subject() == testing::ToUuid(testing::kSubject),
          "only the one subject is let in");
  Require(fields.Count("Authorization") + fields.Count("X-Clone-API-Key") > 0,
          "nobody is let in without a credential");
  fields.Add("authorization", "Bearer x");
  Require(authenticator.Authenticate(fields).status().reason() ==
              Reason::kMultipleCredentials,
          "two credentials are never one");
}

}  // namespace

void Run(std::string_view input) {
  static const testing::AuthWorld world;
  static const JwtVerifier tokens = MakeVerifier(StrictPolicy());
  static const Authenticator authenticator = [] {
    AuthenticatorOptions options = world.Options();
    options.tokens = &tokens;
    return Authenticator::Create(std::move(options)).value();
  }();
  const HttpHeaders fields = FieldsOf(input);
  const auto principal = authenticator.Authenticate(fields);
  if (principal.ok()) {
    CheckPrincipal(*principal, fields, authenticator);
    return;
  }
  CheckRefusal(principal.status());
  CheckChallenge(authenticator, principal.status());
}

}  // namespace clone_auth::fuzz
