// jwk generate, public, thumbprint, convert. A private key comes from standard
// input or a file and goes to standard output, never to or from an argument.

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "clone/jwk.h"
#include "clone/public_key.h"
#include "commands.h"
#include "key_input.h"

namespace clonit {
namespace {

using clone_auth::JsonWriter;
using clone_auth::JwtPublicKey;
using clone_auth::JwtSigningKey;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Status;

/// The key that the options name. With `needs_algorithm` PEM alone is not
/// enough.
Result<Key> FindKey(const Options& options, bool needs_algorithm) {
  const auto text = ReadAll(options.file, kLongestKey);
  if (!text.ok()) return text.status();
  return ReadKey(*text, {options.algorithm, options.jwk_id, needs_algorithm});
}

/// Says `text` under `name`, as an object of its own with --json.
ExitCode PrintNamed(const char* name, std::string_view text, Output& out) {
  if (out.json()) {
    JsonWriter json;
    json.BeginObject().Name(name).String(text).EndObject();
    out.Print(json);
    return ExitCode::kOk;
  }
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  out.PrintRaw(text);
  return ExitCode::kOk;
}

ExitCode PrintPem(const Key& key, Output& out) {
  if (key.verifying) {
    const auto pem = key.verifying->ToPem();
    return pem.ok() ? PrintNamed("pem", *pem, out) : out.Fail(pem.status());
  }
  const auto pem = key.signing->ToPem();
  return pem.ok() ? PrintNamed("pem", pem->Reveal(), out)
                  : out.Fail(pem.status());
}

ExitCode PrintJwk(const Key& key, Output& out) {
  if (key.verifying) {
    out.PrintRaw(key.verifying->ToJwk());
  } else {
    out.PrintRaw(key.signing->ToJwk().Reveal());
  }
  return ExitCode::kOk;
}

ExitCode PrintKey(const Key& key, const Options& options, Output& out) {
  return options.form == "pem" ? PrintPem(key, out) : PrintJwk(key, out);
}

}  // namespace

ExitCode Commands::GenerateJwk(const Options& options, Output& out) {
  const auto algorithm = clone_auth::ParseJwtAlgorithm(options.algorithm);
  if (!algorithm.ok()) return out.Fail(algorithm.status());
  auto made = JwtSigningKey::Generate(*algorithm, options.jwk_id);
  if (!made.ok()) return out.Fail(made.status());
  return PrintKey({std::move(*made), std::nullopt}, options, out);
}

ExitCode Commands::PublicJwk(const Options& options, Output& out) {
  auto key = FindKey(options, options.form != "pem");
  if (!key.ok()) return out.Fail(key.status());
  if (key->signing) {
    const std::string jwk = key->signing->ToPublicJwk();
    if (jwk.empty()) {
      return out.Fail(Status(Reason::kInvalidArgument,
                             "a symmetric key has no public half"));
    }
    auto half = JwtPublicKey::FromJwk(jwk);
    if (!half.ok()) return out.Fail(half.status());
    *key = {std::nullopt, std::move(*half)};
  }
  return PrintKey(*key, options, out);
}

ExitCode Commands::JwkThumbprint(const Options& options, Output& out) {
  const auto key = FindKey(options, false);
  if (!key.ok()) return out.Fail(key.status());
  return PrintNamed("thumbprint", key->Thumbprint(), out);
}

ExitCode Commands::ConvertJwk(const Options& options, Output& out) {
  const auto key = FindKey(options, options.form != "pem");
  if (!key.ok()) return out.Fail(key.status());
  return PrintKey(*key, options, out);
}

}  // namespace clonit
