#include "key_input.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "clone/json.h"

namespace clonit {
namespace {

using clone_auth::JsonValue;
using clone_auth::JwtAlgorithm;
using clone_auth::JwtPublicKey;
using clone_auth::JwtSigningKey;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Secret;
using clone_auth::Status;

constexpr JwtAlgorithm kOneOfEachType[] = {
    JwtAlgorithm::kRs256, JwtAlgorithm::kEs256, JwtAlgorithm::kEs384,
    JwtAlgorithm::kEs512, JwtAlgorithm::kEdDsa, JwtAlgorithm::kEd448};

Status Unreadable(const std::string& file) {
  return Status(Reason::kInvalidArgument,
                "cannot read " + file + ": " + std::strerror(errno));
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
Result<Key> ReadPemOfAnyType(const Secret& text, const std::string& key_id) {
  for (const JwtAlgorithm algorithm : kOneOfEachType) {
    auto key = ReadPem(text, algorithm, key_id);
    if (key.ok() || key.status().reason() != Reason::kKeySetMalformed) {
      return key;
    }
  }
  return Status(Reason::kKeySetMalformed);
}

}  // namespace

Result<Secret> ReadAll(const std::string& file, std::size_t longest) {
  const bool named = !file.empty() && file != "-";
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> owner(nullptr, std::fclose);
  std::FILE* stream = stdin;
  if (named) {
    owner.reset(std::fopen(file.c_str(), "rbe"));
    if (owner == nullptr) return Unreadable(file);
    stream = owner.get();
  }
  // Nothing that is read stays behind in a buffer of the library.
  std::setvbuf(stream, nullptr, _IONBF, 0);
  Secret text = Secret::OfSize(longest + 1);
  const std::size_t size =
      std::fread(text.MutableBytes(), 1, text.size(), stream);
  if (std::ferror(stream) != 0) {
    return Unreadable(named ? file : "standard input");
  }
  if (size > longest) {
    return Status(Reason::kInvalidArgument,
                  (named ? file : "standard input") + " has more than " +
                      std::to_string(longest / 1024) + " KiB");
  }
  return Secret::CopyOf(text.Reveal().substr(0, size));
}

bool IsJson(const Secret& text) {
  const std::size_t begin = text.Reveal().find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && text.Reveal()[begin] == '{';
}

Result<Key> ReadKey(const Secret& text, const PemFacts& facts) {
  if (text.Reveal().find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return Status(Reason::kInvalidArgument, "there is no key to read");
  }
  if (IsJson(text)) return ReadJwk(text);
  if (facts.algorithm.empty()) {
    if (!facts.needs_algorithm) return ReadPemOfAnyType(text, facts.key_id);
    return Status(Reason::kInvalidArgument,
                  "PEM does not say what the key is for: add --algorithm");
  }
  const auto algorithm = clone_auth::ParseJwtAlgorithm(facts.algorithm);
  if (!algorithm.ok()) return algorithm.status();
  return ReadPem(text, *algorithm, facts.key_id);
}

}  // namespace clonit
