// token sign. The private key comes from a file or from standard input.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "clone/jwt.h"
#include "commands.h"
#include "key_input.h"
#include "set_clock.h"

namespace clonit {
namespace {

using clone_auth::JsonValue;
using clone_auth::JsonWriter;
using clone_auth::JwtSigner;
using clone_auth::JwtSigningKey;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Secret;
using clone_auth::Status;

Status Invalid(std::string message) {
  return Status(Reason::kInvalidArgument, std::move(message));
}

/// A JWK without `alg` serves several; the one that was asked for is meant.
Result<JwtSigningKey> For(const std::string& algorithm, JwtSigningKey key,
                          const Secret& text) {
  const auto wanted = clone_auth::ParseJwtAlgorithm(algorithm);
  if (!wanted.ok()) return wanted.status();
  if (key.algorithm() == *wanted) return key;
  const auto jwk = JsonValue::Parse(text.Reveal());
  if (!jwk.ok()) return jwk.status();
  if (jwk->Find("alg") != nullptr) {
    return Invalid("the key is for " +
                   std::string(clone_auth::ToString(key.algorithm())));
  }
  const auto pem = key.ToPem();
  if (!pem.ok()) {
    return Invalid("a symmetric key says in 'alg' what it is for");
  }
  return JwtSigningKey::FromPem(*pem, *wanted, key.key_id());
}

Result<JwtSigningKey> ReadSigningKey(const Options& options) {
  const auto text = ReadAll(options.key_file, kLongestKey);
  if (!text.ok()) return text.status();
  auto key = ReadKey(*text, {options.algorithm, options.jwk_id});
  if (!key.ok()) return key.status();
  if (!key->signing) return Invalid("this is a public key: it signs nothing");
  if (options.algorithm.empty() || !IsJson(*text)) {
    return std::move(*key->signing);
  }
  return For(options.algorithm, std::move(*key->signing), *text);
}

/// What the options add, as the members of an object without its braces.
Result<std::string> Added(const Options& options, const JsonValue& claims) {
  JsonWriter json;
  json.BeginObject();
  Status twice;
  const auto name = [&](const char* claim, const char* option) {
    if (claims.Find(claim) != nullptr) {
      twice = Invalid("the claims have '" + std::string(claim) +
                      "' already: leave out " + option);
    }
    json.Name(claim);
  };
  if (!options.issuers.empty()) {
    name("iss", "--issuer");
    json.String(options.issuers.front());
  }
  if (options.lifetime) {
    const std::int64_t now =
        clone_auth::ToUnixSeconds(SetClock(options).Now()).count();
    name("iat", "--lifetime");
    json.Int(now);
    name("exp", "--lifetime");
    json.Int(now + *options.lifetime);
  }
  json.EndObject();
  if (!twice.ok()) return twice;
  const std::string object = json.Take();
  return object.substr(1, object.size() - 2);
}

/// The claims to sign: the text as it came, with what the options add at its
/// end. Numbers and order stay as they were written.
Result<std::string> ReadClaims(const Options& options) {
  const auto text = ReadAll(options.claims_file, clone_auth::kJwtMaxSize);
  if (!text.ok()) return text.status();
  const auto claims = JsonValue::Parse(text->Reveal());
  if (!claims.ok()) return claims.status();
  if (claims->AsObject() == nullptr) {
    return Invalid("the claims are not one JSON object");
  }
  const auto added = Added(options, *claims);
  if (!added.ok()) return added.status();
  std::string_view object = text->Reveal();
  object.remove_prefix(object.find('{'));
  object = object.substr(0, object.rfind('}'));
  std::string all(object);
  if (!claims->AsObject()->empty() && !added->empty()) all.append(",");
  return all.append(*added).append("}");
}

ExitCode Sign(const JwtSigningKey& key, const std::string& claims,
              const Options& options, Output& out) {
  auto signer = options.type.empty() ? JwtSigner::Create(key)
                                     : JwtSigner::Create(key, options.type);
  if (!signer.ok()) return out.Fail(signer.status());
  const auto token = signer->SignJson(claims);
  if (!token.ok()) return out.Fail(token.status());
  if (out.json()) {
    JsonWriter json;
    json.BeginObject().Name("token").String(*token).EndObject();
    out.Print(json);
  } else {
    out.PrintRaw(*token);
  }
  return ExitCode::kOk;
}

}  // namespace

ExitCode Commands::SignToken(const Options& options, Output& out) {
  if (options.key_file == "-" && options.claims_file == "-") {
    out.Fail(Invalid("only one of key and claims is on standard input"));
    return ExitCode::kUsage;
  }
  const auto key = ReadSigningKey(options);
  if (!key.ok()) {
    out.Fail(key.status());
    return ExitCode::kUsage;
  }
  const auto claims = ReadClaims(options);
  if (!claims.ok()) return out.Fail(claims.status());
  return Sign(*key, *claims, options, out);
}

}  // namespace clonit
