// Checks an API key as a server does.

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clone/api_key.h"
#include "clone/api_key_verifier.h"
#include "clone/clock.h"
#include "clone/random.h"
#include "clone/uuid.h"

using namespace clone_auth;

int main() {
  const ApiKeyScheme scheme;
  auto made = GenerateApiKey(scheme, ApiKeyKind::kUser, SystemRandom());
  auto id = Uuid::Generate(SystemRandom());
  if (!made.ok() || !id.ok()) return 1;

  InMemoryApiKeyStore store;
  ApiKeyRecord record;
  record.id = id.value();
  record.digest = DigestApiKey(made.value().text.Reveal());
  record.permissions = std::make_shared<std::vector<std::string>>();
  if (!store.Insert(record).ok()) return 1;

  auto verifier = ApiKeyVerifier::Create(scheme, &store, &SystemClock());
  if (!verifier.ok()) return 1;
  const bool good = verifier.value().Verify(made.value().text.Reveal()).ok() &&
                    !verifier.value().Verify("clone_madeupmadeup").ok();
  std::puts(good ? "verified" : "not verified");
  return good ? 0 : 1;
}
