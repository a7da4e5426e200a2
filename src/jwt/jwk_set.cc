#include "jwt/jwk_set.h"

#include <utility>

#include "base/macros.h"
#include "clone/json.h"
#include "jwt/jwk_format.h"
#include "jwt/public_key.h"
#include "jwt/signing_key.h"

namespace clone_auth {
namespace {

constexpr std::size_t kMaxBytes = 256 * 1024;
constexpr std::size_t kMaxKeys = 100;

// A key for every algorithm that it may serve.
struct ReadKey {
  std::optional<std::string> key_id;
  std::string_view key_type;
  std::vector<JwkEntry> entries;  // at least one
  std::string published;
};

// A secret that is long enough for one algorithm may be too short for another.
Result<ReadKey> Prepare(const JwkHead& head, const KeyParts& parts) {
  ReadKey read;
  read.key_id = head.key_id;
  for (const Algorithm& row : Algorithms()) {
    if (!head.Fits(row)) continue;
    auto key = row.read_verification(parts);
    if (!key.ok()) continue;
    read.key_type = row.type->name;
    if (read.published.empty() && head.SignsBy(row)) {
      read.published =
          WritePublicJwk(row, head.key_id, parts, head.algorithm != nullptr);
    }
    read.entries.push_back({&row, head.key_id, std::move(*key)});
  }
  if (read.entries.empty()) return Status(Reason::kKeySetMalformed);
  return read;
}

// One member of `keys`.
Result<ReadKey> Read(const JsonValue& jwk, JwkTrust trust) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const JwkHead head, ReadJwkHead(jwk, "verify"));
  for (const Algorithm& row : Algorithms()) {
    if (!head.Fits(row)) continue;
    if (row.symmetric() && trust == JwkTrust::kRemote) break;
    CLONE_AUTH_ASSIGN_OR_RETURN(const KeyParts parts,
                                ReadJwkParts(jwk, row, row.type->verify_count));
    return Prepare(head, parts);
  }
  return Status(Reason::kKeySetMalformed);
}

// Adds the key to `set`. Error: key_set_ambiguous.
template <typename Set>
Status Add(ReadKey read, Set& set) {
  CLONE_AUTH_RETURN_IF_ERROR(set.AddName(read.key_id, read.key_type));
  for (JwkEntry& entry : read.entries) {
    entry.number = set.published.size();
    set.entries.push_back(std::move(entry));
  }
  set.published.push_back(std::move(read.published));
  return Status();
}

}  // namespace

Status JwkSet::Impl::AddName(const std::optional<std::string>& key_id,
                             std::string_view key_type) {
  for (const Name& name : names) {
    if (key_id.has_value() && name.key_id == key_id &&
        name.key_type == key_type) {
      return Status(Reason::kKeySetAmbiguous);
    }
  }
  names.push_back({key_id, key_type});
  return Status();
}

Result<const VerificationKey*> JwkSet::Impl::Find(
    const Algorithm& algorithm,
    const std::optional<std::string>& key_id) const {
  const VerificationKey* found = nullptr;
  bool known = false;
  for (const JwkEntry& entry : entries) {
    if (key_id.has_value() && entry.key_id != key_id) continue;
    known = true;
    if (entry.algorithm->id != algorithm.id) continue;
    if (found != nullptr) {
      return Status(Reason::kTokenKeyUnknown,
                    "the token names no key and several could be meant");
    }
    found = entry.key.get();
  }
  if (found != nullptr) return found;
  if (key_id.has_value() && known) {
    return Status(Reason::kTokenAlgorithm,
                  "the token's key is for another algorithm");
  }
  return Status(Reason::kTokenKeyUnknown);
}

JwkSet::JwkSet(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
JwkSet::JwkSet(const JwkSet&) = default;
JwkSet& JwkSet::operator=(const JwkSet&) = default;
JwkSet::JwkSet(JwkSet&&) noexcept = default;
JwkSet& JwkSet::operator=(JwkSet&&) noexcept = default;
JwkSet::~JwkSet() = default;

Result<JwkSet> JwkSet::Parse(std::string_view json, JwkTrust trust) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const JsonValue value,
                              JsonValue::Parse(json, {kMaxBytes, 32}));
  const JsonValue* member = value.Find("keys");
  const auto* keys = member == nullptr ? nullptr : member->AsArray();
  if (keys == nullptr) {
    return Status(Reason::kKeySetMalformed, "the set has no array 'keys'");
  }
  if (keys->size() > kMaxKeys) {
    return Status(Reason::kJsonLimit, "the set has more than 100 keys");
  }
  auto impl = std::make_shared<Impl>();
  for (const JsonValue& jwk : *keys) {
    Result<ReadKey> read = Read(jwk, trust);
    if (!read.ok()) {
      ++impl->skipped;
      continue;
    }
    CLONE_AUTH_RETURN_IF_ERROR(Add(std::move(*read), *impl));
  }
  return JwkSet(std::move(impl));
}

Result<JwkSet> JwkSet::Of(const std::vector<const JwtSigningKey*>& keys) {
  auto impl = std::make_shared<Impl>();
  for (const JwtSigningKey* signing : keys) {
    const JwtSigningKey::Impl& source = *signing->impl_;
    const Algorithm& row = *source.algorithm;
    std::optional<std::string> key_id;
    if (!source.key_id.empty()) key_id = source.key_id;
    CLONE_AUTH_RETURN_IF_ERROR(impl->AddName(key_id, row.type->name));
    CLONE_AUTH_ASSIGN_OR_RETURN(
        auto key,
        row.read_verification(VerificationParts(*row.type, source.parts)));
    impl->entries.push_back(
        {&row, std::move(key_id), std::move(key), impl->published.size()});
    impl->published.push_back(signing->ToPublicJwk());
  }
  return JwkSet(std::move(impl));
}

Result<JwkSet> JwkSet::OfPublic(const std::vector<JwtPublicKey>& keys) {
  auto impl = std::make_shared<Impl>();
  for (const JwtPublicKey& key : keys) {
    CLONE_AUTH_ASSIGN_OR_RETURN(ReadKey read,
                                Prepare(key.impl_->head, key.impl_->parts));
    CLONE_AUTH_RETURN_IF_ERROR(Add(std::move(read), *impl));
  }
  return JwkSet(std::move(impl));
}

std::size_t JwkSet::size() const { return impl_->names.size(); }

std::size_t JwkSet::skipped() const { return impl_->skipped; }

std::string JwkSet::ToPublicJson() const {
  std::string json = "{\"keys\":[";
  for (const std::string& jwk : impl_->published) {
    if (jwk.empty()) continue;
    if (json.back() != '[') json += ',';
    json += jwk;
  }
  return json += "]}";
}

}  // namespace clone_auth
