// jwk generate, public, thumbprint, convert. A private key comes from standard
// input or a file and goes to standard output, never to or from an argument.

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "clone/jwk.h"
#include "clone/public_key.h"
#include "commands.h"

namespace clonit {
namespace {

using clone_auth::JsonValue;
using clone_auth::JsonWriter;
using clone_auth::JwtAlgorithm;
using clone_auth::JwtPublicKey;
using clone_auth::JwtSigningKey;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Secret;
using clone_auth::Status;

// As much as the library looks at.
constexpr std::size_t kLongest = 64 * 1024;

constexpr JwtAlgorithm kOneOfEachType[] = {
    JwtAlgorithm::kRs256, JwtAlgorithm::kEs256, JwtAlgorithm::kEs384,
    JwtAlgorithm::kEs512, JwtAlgorithm::kEdDsa, JwtAlgorithm::kEd448};

/// A key as it came: one of the two.
struct Key {
  std::optional<JwtSigningKey> signing;
  std::optional<JwtPublicKey> verifying;

  std::string Thumbprint() const {
    return signing ? signing->Thumbprint() : verifying->Thumbprint();
  }
};

Status Unreadable(const std::string& file) {
  return Status(Reason::kInvalidArgument,
                "cannot read " + file + ": " + std::strerror(errno));
}

/// All of the file, or of standard input where `file` is empty.
Result<Secret> ReadAll(const std::string& file) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> owner(nullptr, std::fclose);
  std::FILE* stream = stdin;
  if (!file.empty()) {
    owner.reset(std::fopen(file.c_str(), "rbe"));
    if (owner == nullptr) return Unreadable(file);
    stream = owner.get();
  }
  // Nothing that is read stays behind in a buffer of the library.
  std::setvbuf(stream, nullptr, _IONBF, 0);
  Secret text = Secret::OfSize(kLongest + 1);
  const std::size_t size =
      std::fread(text.MutableBytes(), 1, text.size(), stream);
  if (std::ferror(stream) != 0) {
    return Unreadable(file.empty() ? "standard input" : file);
  }
  if (size > kLongest) {
    return Status(Reason::kInvalidArgument, "a key has at most 64 KiB");
  }
  return Secret::CopyOf(text.Reveal().substr(0, size));
}

Result<Key> ReadJwk(const Secret& text) {
  const auto json = JsonValue::Parse(text.Reveal());
  if (!json.ok()) return json.status();
  Key key;
  if (json->Find("d") != nullptr || json->Find("k") != nullptr) {
    auto read = JwtSigningKey::FromJwk(text);
    if (!read.ok()) return read.status();
    key.signing = std::move(*read);
  } else {
    auto read = JwtPublicKey::FromJwk(text.Reveal());
    if (!read.ok()) return read.status();
    key.verifying = std::move(*read);
  }
  return key;
}

Result<Key> ReadPem(const Secret& text, JwtAlgorithm algorithm,
                    const std::string& key_id) {
  Key key;
  if (text.Reveal().find("PRIVATE KEY-----") != std::string_view::npos) {
    auto read = JwtSigningKey::FromPem(text, algorithm, key_id);
    if (!read.ok()) return read.status();
    key.signing = std::move(*read);
  } else {
    auto read = JwtPublicKey::FromPem(text.Reveal(), algorithm, key_id);
    if (!read.ok()) return read.status();
    key.verifying = std::move(*read);
  }
  return key;
}

/// PEM does not say its algorithm; where that makes no difference, any that
/// takes the key is good.
Result<Key> ReadPemOfAnyType(const Secret& text) {
  for (const JwtAlgorithm algorithm : kOneOfEachType) {
    auto key = ReadPem(text, algorithm, {});
    if (key.ok() || key.status().reason() != Reason::kKeySetMalformed) {
      return key;
    }
  }
  return Status(Reason::kKeySetMalformed);
}

/// The key that the options name. With `needs_algorithm` PEM alone is not
/// enough.
Result<Key> ReadKey(const Options& options, bool needs_algorithm) {
  const auto text = ReadAll(options.file);
  if (!text.ok()) return text.status();
  const std::size_t begin = text->Reveal().find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) {
    return Status(Reason::kInvalidArgument, "there is no key to read");
  }
  if (text->Reveal()[begin] == '{') return ReadJwk(*text);
  if (options.algorithm.empty()) {
    if (!needs_algorithm) return ReadPemOfAnyType(*text);
    return Status(Reason::kInvalidArgument,
                  "PEM does not say what the key is for: add --algorithm");
  }
  const auto algorithm = clone_auth::ParseJwtAlgorithm(options.algorithm);
  if (!algorithm.ok()) return algorithm.status();
  return ReadPem(*text, *algorithm, options.jwk_id);
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
  auto key = ReadKey(options, options.form != "pem");
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
  const auto key = ReadKey(options, false);
  if (!key.ok()) return out.Fail(key.status());
  return PrintNamed("thumbprint", key->Thumbprint(), out);
}

ExitCode Commands::ConvertJwk(const Options& options, Output& out) {
  const auto key = ReadKey(options, options.form != "pem");
  if (!key.ok()) return out.Fail(key.status());
  return PrintKey(*key, options, out);
}

}  // namespace clonit
