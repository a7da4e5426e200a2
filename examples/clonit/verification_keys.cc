#include "verification_keys.h"

#include <string>
#include <string_view>
#include <utility>

#include "clone/json.h"
#include "clone/jwk_fetcher.h"
#include "clone/public_key.h"
#include "clone/random.h"
#include "key_input.h"
#include "workspace.h"

namespace clonit {
namespace {

using clone_auth::Clock;
using clone_auth::JsonMember;
using clone_auth::JsonValue;
using clone_auth::JsonWriter;
using clone_auth::JwkSet;
using clone_auth::JwkTrust;
using clone_auth::JwtAlgorithm;
using clone_auth::JwtPublicKey;
using clone_auth::Reason;
using clone_auth::RemoteJwkOptions;
using clone_auth::RemoteJwkSource;
using clone_auth::Result;
using clone_auth::Secret;
using clone_auth::Status;

using Algorithms = std::vector<JwtAlgorithm>;

/// The same key for every algorithm that takes it, which is what PEM says.
Result<JwtPublicKey> ForAnyAlgorithm(const JwtPublicKey& key) {
  const auto jwk = JsonValue::Parse(key.ToJwk());
  if (!jwk.ok()) return jwk.status();
  JsonWriter json;
  json.BeginObject();
  for (const JsonMember& member : *jwk->AsObject()) {
    if (member.name != "alg") json.Name(member.name).Value(member.value);
  }
  json.EndObject();
  return JwtPublicKey::FromJwk(json.Take());
}

Result<JwkSet> ReadPem(const Secret& text, const Algorithms& algorithms,
                       const std::string& key_id) {
  Status refused;
  for (const JwtAlgorithm algorithm : algorithms) {
    const auto read = JwtPublicKey::FromPem(text.Reveal(), algorithm, key_id);
    if (!read.ok()) {
      refused = read.status();
      continue;
    }
    auto key = ForAnyAlgorithm(*read);
    if (!key.ok()) return key.status();
    return JwkSet::OfPublic({std::move(*key)});
  }
  return refused;
}

Result<JwkSet> ReadJson(const Secret& text) {
  const auto json = JsonValue::Parse(text.Reveal());
  if (!json.ok()) return json.status();
  if (json->Find("keys") != nullptr) {
    return JwkSet::Parse(text.Reveal(), JwkTrust::kLocal);
  }
  // A set skips the keys that it cannot use; a key that is alone says why.
  if (json->Find("k") == nullptr) {
    const auto key = JwtPublicKey::FromJwk(text.Reveal());
    if (!key.ok()) return key.status();
  }
  const Secret set =
      Secret::CopyOf("{\"keys\":[" + std::string(text.Reveal()) + "]}");
  return JwkSet::Parse(set.Reveal(), JwkTrust::kLocal);
}

Result<JwkSet> ReadFile(const Options& options, const Algorithms& algorithms) {
  const auto text = ReadAll(options.jwks, clone_auth::kJwkMaxAnswer);
  if (!text.ok()) return text.status();
  auto set = IsJson(*text) ? ReadJson(*text)
                           : ReadPem(*text, algorithms, options.jwk_id);
  if (set.ok() && set->size() == 0) {
    return Status(Reason::kKeySetMalformed,
                  options.jwks + " has no key to verify with");
  }
  return set;
}

bool IsUrl(std::string_view text) {
  return text.find("://") != std::string_view::npos;
}

Result<VerificationKeys> Ask(const Options& options, const Clock* clock) {
  VerificationKeys keys;
  RemoteJwkOptions remote;
  remote.fetch.jwks_uri = options.jwks;
  if (options.jwks.empty()) {
    if (options.issuers.size() != 1) {
      return Status(Reason::kInvalidArgument,
                    "the keys of several issuers are not looked for: add "
                    "--jwks");
    }
    remote.fetch.issuer = options.issuers.front();
  }
  auto transport = Workspace(options).Transport();
  if (!transport.ok()) return transport.status();
  keys.transport = std::move(*transport);
  auto source = RemoteJwkSource::Create(std::move(remote), keys.transport.get(),
                                        clock, &clone_auth::SystemRandom());
  if (!source.ok()) return source.status();
  keys.source = std::move(*source);
  return keys;
}

}  // namespace

Result<VerificationKeys> FindVerificationKeys(const Options& options,
                                              const Algorithms& algorithms,
                                              const Clock* clock) {
  if (options.jwks.empty() || IsUrl(options.jwks)) return Ask(options, clock);
  if (options.jwks == "-") {
    return Status(Reason::kInvalidArgument,
                  "standard input has the tokens: name a file of keys");
  }
  auto set = ReadFile(options, algorithms);
  if (!set.ok()) return set.status();
  VerificationKeys keys;
  keys.set = std::move(*set);
  return keys;
}

}  // namespace clonit
