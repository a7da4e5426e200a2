// Checks the credential of a request inside your own server: an API key is
// issued, kept as a digest, and found again in the headers of a request.

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clone/authenticator.h"

using namespace clone_auth;

struct EverybodyMay : AccessState {
  Status CheckToken(const Uuid&, const Uuid&, std::int64_t) const override {
    return Status();
  }
  Status CheckKey(const VerifiedApiKey&) const override { return Status(); }
};

int main() {
  const ApiKeyScheme scheme;
  const auto key = GenerateApiKey(scheme, ApiKeyKind::kUser, SystemRandom());

  ApiKeyRecord record;
  record.id = Uuid::Generate(SystemRandom()).value();
  record.digest = DigestApiKey(key->text.Reveal());
  record.permissions = std::make_shared<std::vector<std::string>>();
  InMemoryApiKeyStore store;
  if (!store.Insert(record).ok()) return 1;

  const auto keys = ApiKeyVerifier::Create(scheme, &store, &SystemClock());
  const EverybodyMay access;
  AuthenticatorOptions options;
  options.keys = &*keys;
  options.access = &access;
  const auto authenticator = Authenticator::Create(std::move(options));

  HttpHeaders headers;
  headers.Add(scheme.header, std::string(key->text.Reveal()));
  const auto principal = authenticator->Authenticate(headers);
  std::printf(
      "%s: %s\n", key->display_prefix.c_str(),
      principal.ok() ? "welcome" : principal.status().ToString().c_str());
  return principal.ok() ? 0 : 1;
}
