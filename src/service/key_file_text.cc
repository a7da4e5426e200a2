#include "service/key_file_text.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "clone/json.h"
#include "service/base64.h"
#include "service/time_text.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

constexpr std::size_t kSecretSize = 32;

// What the keys of a version 1 file are taken to have signed for at least: the
// default of the lifetime and of the clock skew.
constexpr std::chrono::seconds kVersion1TokenLife{3660};

// Ten years and ten minutes, which is the most that options can ask for.
constexpr std::chrono::seconds kLongestTokenLife =
    std::chrono::hours(24 * 3650) + std::chrono::minutes(10);

Status Malformed(const std::string& path, const std::string& what) {
  return KeyFileFailure(Reason::kConfigMalformed, path, what);
}

Status WriteSigningKey(const PlannedKey& planned, JsonWriter& writer) {
  CLONE_AUTH_TRY_ASSIGN(const JsonValue jwk,
                        JsonValue::Parse(planned.key->ToJwk().Reveal()));
  writer.BeginObject();
  writer.Name("created_at").String(ToText(planned.created_at));
  writer.Name("signs_from").String(ToText(planned.signs_from));
  writer.Name("token_life").Int(planned.token_life.count());
  if (planned.leaves_at.has_value()) {
    writer.Name("leaves_at").String(ToText(*planned.leaves_at));
  }
  writer.Name("jwk").Value(jwk).EndObject();
  return Status();
}

Result<Secret> ReadSecret(const JsonValue& object, std::string_view name,
                          const std::string& path) {
  Secret secret = Secret::OfSize(kSecretSize);
  const std::string* text = object.FindString(name);
  if (text == nullptr ||
      !FromBase64Url(*text, secret.MutableBytes(), secret.size())) {
    return Malformed(path, "has a '" + std::string(name) +
                               "' that is not 32 bytes of base64url");
  }
  return secret;
}

Result<WallTime> ReadTime(const JsonValue& object, std::string_view name,
                          const std::string& path) {
  const std::string* text = object.FindString(name);
  const auto time = text == nullptr ? std::nullopt : ParseTime(*text);
  if (time.has_value()) return *time;
  return Malformed(path, "has a signing key whose '" + std::string(name) +
                             "' is not a time");
}

Result<std::shared_ptr<const JwtSigningKey>> ReadJwk(const JsonValue* jwk,
                                                     const std::string& path) {
  if (jwk != nullptr) {
    auto key =
        JwtSigningKey::FromJwk(Secret::CopyOf(JsonWriter().Value(*jwk).Take()));
    if (key.ok()) {
      return std::make_shared<const JwtSigningKey>(std::move(key).value());
    }
  }
  return Malformed(path, "has a signing key that is broken");
}

Result<PlannedKey> ReadSigningKey(const JsonValue& entry, bool is_newest,
                                  const std::string& path) {
  PlannedKey planned;
  CLONE_AUTH_TRY_ASSIGN(planned.key, ReadJwk(entry.Find("jwk"), path));
  CLONE_AUTH_TRY_ASSIGN(planned.created_at,
                        ReadTime(entry, "created_at", path));
  CLONE_AUTH_TRY_ASSIGN(planned.signs_from,
                        ReadTime(entry, "signs_from", path));
  if (!is_newest) {
    CLONE_AUTH_TRY_ASSIGN(planned.leaves_at,
                          ReadTime(entry, "leaves_at", path));
  }
  const JsonValue* life = entry.Find("token_life");
  if (life == nullptr || life->AsInt() == nullptr || *life->AsInt() < 1 ||
      *life->AsInt() > kLongestTokenLife.count()) {
    return Malformed(path,
                     "has a signing key whose 'token_life' is not a number of "
                     "seconds");
  }
  planned.token_life = std::chrono::seconds(*life->AsInt());
  return planned;
}

// Version 1 did not say when its keys signed; the first one does. The others
// did until this moment at the latest.
Result<PlannedKey> ReadOldSigningKey(const JsonValue& jwk, bool is_newest,
                                     const ServiceOptions& options,
                                     const Moment& moment, WallTime written_at,
                                     const std::string& path) {
  PlannedKey planned;
  CLONE_AUTH_TRY_ASSIGN(planned.key, ReadJwk(&jwk, path));
  planned.created_at =
      std::max(WallTime{}, std::min(RoundedDown(written_at), moment.now));
  planned.signs_from = planned.created_at;
  planned.token_life = kVersion1TokenLife;
  if (!is_newest) {
    planned.token_life = std::max(kVersion1TokenLife, TokenLife(options));
    planned.leaves_at = moment.now + planned.token_life;
  }
  return planned;
}

Result<const JsonValue::Array*> ReadList(const JsonValue& root,
                                         const char* name,
                                         const std::string& path) {
  const JsonValue* list = root.Find(name);
  if (list == nullptr || list->AsArray() == nullptr ||
      list->AsArray()->empty()) {
    return Malformed(path, "has no '" + std::string(name) + "'");
  }
  return list->AsArray();
}

Status ReadPeppers(const JsonValue& root, KeyFile& file) {
  CLONE_AUTH_TRY_ASSIGN(const auto* list, ReadList(root, "peppers", file.path));
  for (const JsonValue& entry : *list) {
    const JsonValue* id = entry.Find("id");
    if (id == nullptr || id->AsInt() == nullptr || *id->AsInt() < 0 ||
        *id->AsInt() > std::numeric_limits<std::uint32_t>::max()) {
      return Malformed(file.path, "has a pepper without 'id'");
    }
    Pepper pepper{static_cast<std::uint32_t>(*id->AsInt()), {}};
    CLONE_AUTH_TRY_ASSIGN(pepper.secret,
                          ReadSecret(entry, "secret", file.path));
    file.peppers.push_back(std::move(pepper));
  }
  return Status();
}

}  // namespace

Status KeyFileFailure(Reason reason, const std::string& path,
                      const std::string& what) {
  return Status(reason, "The key file '" + path + "' " + what + ".");
}

Result<Secret> KeyFileText(const KeyFile& file, const SigningPlan& plan) {
  JsonWriter writer;
  writer.BeginObject().Name("version").Int(2);
  writer.Name("signing_keys").BeginArray();
  for (const PlannedKey& planned : plan) {
    CLONE_AUTH_TRY(WriteSigningKey(planned, writer));
  }
  writer.EndArray().Name("peppers").BeginArray();
  for (const Pepper& pepper : file.peppers) {
    writer.BeginObject().Name("id").Int(pepper.id).Name("secret");
    writer.String(
        ToBase64Url(pepper.secret.Reveal().data(), pepper.secret.size()));
    writer.EndObject();
  }
  writer.EndArray().Name("refresh_key");
  writer.String(
      ToBase64Url(file.refresh_key.Reveal().data(), file.refresh_key.size()));
  std::string text = writer.EndObject().Take();
  Secret secret = Secret::CopyOf(text);
  WipeBytes(text.data(), text.size());
  return secret;
}

Status ReadKeyFileText(std::string_view text, const ServiceOptions& options,
                       const Moment& moment, WallTime written_at,
                       KeyFile& file) {
  const auto root = JsonValue::Parse(text);
  if (!root.ok()) return Malformed(file.path, "is not valid JSON");
  const JsonValue* version = root->Find("version");
  if (version == nullptr || version->AsInt() == nullptr ||
      (*version->AsInt() != 1 && *version->AsInt() != 2)) {
    return Malformed(file.path, "has a 'version' other than 1 and 2");
  }
  const bool is_old = *version->AsInt() == 1;
  CLONE_AUTH_TRY_ASSIGN(const auto* keys,
                        ReadList(*root, "signing_keys", file.path));
  for (const JsonValue& entry : *keys) {
    const bool is_newest = file.signing_keys.empty();
    CLONE_AUTH_TRY_ASSIGN(PlannedKey planned,
                          is_old
                              ? ReadOldSigningKey(entry, is_newest, options,
                                                  moment, written_at, file.path)
                              : ReadSigningKey(entry, is_newest, file.path));
    file.signing_keys.push_back(std::move(planned));
  }
  // When the others leave must be known after the next start too.
  file.is_outdated = is_old && file.signing_keys.size() > 1;
  CLONE_AUTH_TRY(ReadPeppers(*root, file));
  CLONE_AUTH_TRY_ASSIGN(file.refresh_key,
                        ReadSecret(*root, "refresh_key", file.path));
  return Status();
}

}  // namespace clone_auth::service
