#include "service/key_file_text.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>
#include <vector>

#include "clone/json.h"
#include "service/base64.h"
#include "service/time_text.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

constexpr std::size_t kSecretSize = 32;
constexpr std::size_t kLongestLegacySecret = 1024;

// What the keys of a version 1 file are taken to have signed for at least: the
// default of the lifetime and of the clock skew.
constexpr std::chrono::seconds kVersion1TokenLife{3660};

// Ten years and ten minutes, which is the most that options can ask for.
constexpr std::chrono::seconds kLongestTokenLife =
    std::chrono::hours(24 * 3650) + std::chrono::minutes(10);

Status Malformed(const std::string& path, const std::string& what) {
  return KeyFileFailure(Reason::kConfigMalformed, path, what);
}

std::string Member(const char* name, const std::string& value) {
  return '"' + std::string(name) + "\":" + value;
}

std::string Time(const char* name, WallTime time) {
  return Member(name, '"' + ToText(time) + '"') + ',';
}

/// A text with secrets, which leaves none behind where it has grown.
class SecretText {
 public:
  void Append(std::string_view text) { parts_.push_back(Secret::CopyOf(text)); }
  void AppendBase64Url(const Secret& secret) {
    std::string text = ToBase64Url(secret.Reveal().data(), secret.size());
    Append(text);
    WipeBytes(text.data(), text.size());
  }
  Secret Join() const {
    std::size_t size = 0;
    for (const Secret& part : parts_) size += part.size();
    Secret all = Secret::OfSize(size);
    char* end = all.MutableBytes();
    for (const Secret& part : parts_) {
      end = std::copy_n(part.Reveal().data(), part.size(), end);
    }
    return all;
  }

 private:
  std::vector<Secret> parts_;
};

void WriteSigningKey(const PlannedKey& planned, SecretText& text) {
  text.Append("{" + Time("created_at", planned.created_at) +
              Time("signs_from", planned.signs_from) +
              Member("token_life", std::to_string(planned.token_life.count())) +
              ',');
  if (planned.leaves_at.has_value()) {
    text.Append(Time("leaves_at", *planned.leaves_at));
  }
  text.Append(R"("jwk":)");
  text.Append(planned.key->ToJwk().Reveal());
  text.Append("}");
}

void WritePepper(const Pepper& pepper, SecretText& text) {
  text.Append("{" + Member("id", std::to_string(pepper.id)) + R"(,"secret":")");
  text.AppendBase64Url(pepper.secret);
  text.Append(R"("})");
}

void WriteLegacyKey(const LegacyKey& key, SecretText& text) {
  text.Append(R"(,"legacy_key":{)" + Time("ends_at", key.ends_at) +
              R"("secret":")");
  text.AppendBase64Url(key.secret);
  text.Append(R"("})");
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
    std::string text = JsonWriter().Value(*jwk).Take();
    auto key = JwtSigningKey::FromJwk(Secret::CopyOf(text));
    WipeBytes(text.data(), text.size());
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

Status ReadLegacyKey(const JsonValue& root, KeyFile& file) {
  const JsonValue* entry = root.Find("legacy_key");
  if (entry == nullptr) return Status();
  const std::string* text = entry->FindString("secret");
  const std::string* end = entry->FindString("ends_at");
  const auto ends_at = end == nullptr ? std::nullopt : ParseTime(*end);
  Secret secret = Secret::OfSize(
      text == nullptr ? 0 : text->size() / 4 * 3 + text->size() % 4 * 3 / 4);
  if (secret.size() < kSecretSize || secret.size() > kLongestLegacySecret ||
      !ends_at.has_value() ||
      !FromBase64Url(*text, secret.MutableBytes(), secret.size())) {
    return Malformed(file.path, "has a 'legacy_key' that is broken");
  }
  file.legacy_key = LegacyKey{std::move(secret), *ends_at};
  return Status();
}

}  // namespace

Status KeyFileFailure(Reason reason, const std::string& path,
                      const std::string& what) {
  return Status(reason, "The key file '" + path + "' " + what + ".");
}

Secret KeyFileText(const KeyFile& file, const SigningPlan& plan) {
  SecretText text;
  const char* separator = file.rows_are_sealed
                              ? R"({"version":3,"signing_keys":[)"
                              : R"({"version":2,"signing_keys":[)";
  for (const PlannedKey& planned : plan) {
    text.Append(std::exchange(separator, ","));
    WriteSigningKey(planned, text);
  }
  separator = R"(],"peppers":[)";
  for (const Pepper& pepper : file.peppers) {
    text.Append(std::exchange(separator, ","));
    WritePepper(pepper, text);
  }
  text.Append(R"(],"refresh_key":")");
  text.AppendBase64Url(file.refresh_key);
  text.Append(R"(","audit_key":")");
  text.AppendBase64Url(file.audit_key);
  text.Append(R"(")");
  if (file.legacy_key.has_value()) WriteLegacyKey(*file.legacy_key, text);
  text.Append("}");
  return text.Join();
}

Status ReadKeyFileText(std::string_view text, const ServiceOptions& options,
                       const Moment& moment, WallTime written_at,
                       KeyFile& file) {
  const auto root = JsonValue::Parse(text);
  if (!root.ok()) return Malformed(file.path, "is not valid JSON");
  const JsonValue* version = root->Find("version");
  if (version == nullptr || version->AsInt() == nullptr ||
      *version->AsInt() < 1 || *version->AsInt() > 3) {
    return Malformed(file.path, "has a 'version' other than 1, 2 and 3");
  }
  file.rows_are_sealed = *version->AsInt() == 3;
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
  CLONE_AUTH_TRY(ReadLegacyKey(*root, file));
  CLONE_AUTH_TRY_ASSIGN(file.refresh_key,
                        ReadSecret(*root, "refresh_key", file.path));
  if (!file.rows_are_sealed && root->Find("audit_key") == nullptr) {
    // There was no trail yet.
    file.is_outdated = true;
    return Status();
  }
  CLONE_AUTH_TRY_ASSIGN(file.audit_key,
                        ReadSecret(*root, "audit_key", file.path));
  return Status();
}

}  // namespace clone_auth::service
