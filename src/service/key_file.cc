#include "service/key_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <utility>

#include "clone/json.h"
#include "clone/uuid.h"
#include "service/base64.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

constexpr std::size_t kSecretSize = 32;
constexpr std::size_t kMaxFileSize = 256 * 1024;

Status Failure(Reason reason, const std::string& path,
               const std::string& what) {
  return Status(reason, "The key file '" + path + "' " + what + ".");
}

Status DiskFailure(const std::string& path) {
  return Failure(Reason::kStoreUnavailable, path,
                 std::string("cannot be used: ") + std::strerror(errno));
}

Status Malformed(const std::string& path, const std::string& what) {
  return Failure(Reason::kConfigMalformed, path, what);
}

Status CheckPrivate(int file, const std::string& path) {
  struct stat state;
  if (fstat(file, &state) != 0) return DiskFailure(path);
  if (!S_ISREG(state.st_mode) || state.st_uid != geteuid() ||
      (state.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Failure(Reason::kFileInsecure, path,
                   "must be a regular file of this user with mode 0600");
  }
  return Status();
}

Status Lock(int file, const std::string& path) {
  if (flock(file, LOCK_EX | LOCK_NB) == 0) return Status();
  if (errno != EWOULDBLOCK) return DiskFailure(path);
  return Failure(Reason::kStoreUnavailable, path,
                 "is in use: another process serves this database");
}

Result<Secret> ReadAll(int file, const std::string& path) {
  Secret buffer = Secret::OfSize(kMaxFileSize);
  std::size_t size = 0;
  while (size < buffer.size()) {
    const ssize_t got =
        read(file, buffer.MutableBytes() + size, buffer.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return DiskFailure(path);
    if (got == 0) return Secret::CopyOf(buffer.Reveal().substr(0, size));
    size += static_cast<std::size_t>(got);
  }
  return Malformed(path, "is too large");
}

Status WriteAll(int file, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return DiskFailure(path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return fsync(file) == 0 ? Status() : DiskFailure(path);
}

Status SyncFolderOf(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const OpenFile opened(
      open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.ok() && fsync(opened.get()) == 0 ? Status()
                                                 : DiskFailure(folder);
}

Result<Secret> ToText(const KeyFile& keys) {
  JsonWriter writer;
  writer.BeginObject().Name("version").Int(1);
  writer.Name("signing_keys").BeginArray();
  for (const JwtSigningKey& key : keys.signing_keys) {
    CLONE_AUTH_TRY_ASSIGN(const JsonValue jwk,
                          JsonValue::Parse(key.ToJwk().Reveal()));
    writer.Value(jwk);
  }
  writer.EndArray().Name("peppers").BeginArray();
  for (const Pepper& pepper : keys.peppers) {
    writer.BeginObject().Name("id").Int(pepper.id).Name("secret");
    writer.String(
        ToBase64Url(pepper.secret.Reveal().data(), pepper.secret.size()));
    writer.EndObject();
  }
  writer.EndArray().Name("refresh_key");
  writer.String(
      ToBase64Url(keys.refresh_key.Reveal().data(), keys.refresh_key.size()));
  std::string text = writer.EndObject().Take();
  Secret secret = Secret::CopyOf(text);
  WipeBytes(text.data(), text.size());
  return secret;
}

// The new file is complete, safe on the disk and locked before it gets its
// name; a crash leaves the old one or none.
Status Save(KeyFile& keys, const std::string& path, bool replace,
            RandomSource& random) {
  CLONE_AUTH_TRY_ASSIGN(const Secret text, ToText(keys));
  CLONE_AUTH_TRY_ASSIGN(const Uuid unique, Uuid::Generate(random));
  const std::string draft = path + "." + unique.ToString();
  OpenFile file(open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                     S_IRUSR | S_IWUSR));
  if (!file.ok()) return DiskFailure(path);
  Status status = WriteAll(file.get(), text.Reveal(), path);
  if (status.ok()) status = Lock(file.get(), path);
  if (status.ok()) {
    // link(2) refuses to replace what another process has made meanwhile.
    const int failed = replace ? rename(draft.c_str(), path.c_str())
                               : link(draft.c_str(), path.c_str());
    if (failed != 0) status = DiskFailure(path);
  }
  if (!replace || !status.ok()) unlink(draft.c_str());
  CLONE_AUTH_TRY(status);
  CLONE_AUTH_TRY(SyncFolderOf(path));
  keys.lock = std::move(file);
  keys.path = path;
  return Status();
}

Result<Secret> RandomSecret(RandomSource& random) {
  Secret secret = Secret::OfSize(kSecretSize);
  CLONE_AUTH_TRY(random.Fill(secret.MutableBytes(), secret.size()));
  return secret;
}

Result<KeyFile> Make(const std::string& path, JwtAlgorithm algorithm,
                     RandomSource& random) {
  KeyFile keys;
  CLONE_AUTH_TRY_ASSIGN(JwtSigningKey signing_key,
                        JwtSigningKey::Generate(algorithm));
  keys.signing_keys.push_back(std::move(signing_key));
  Pepper pepper{1, {}};
  CLONE_AUTH_TRY_ASSIGN(pepper.secret, RandomSecret(random));
  keys.peppers.push_back(std::move(pepper));
  CLONE_AUTH_TRY_ASSIGN(keys.refresh_key, RandomSecret(random));
  CLONE_AUTH_TRY(Save(keys, path, false, random));
  return keys;
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

Status ReadSigningKeys(const JsonValue& root, const std::string& path,
                       KeyFile& keys) {
  const JsonValue* list = root.Find("signing_keys");
  if (list == nullptr || list->AsArray() == nullptr ||
      list->AsArray()->empty()) {
    return Malformed(path, "has no 'signing_keys'");
  }
  for (const JsonValue& jwk : *list->AsArray()) {
    auto key =
        JwtSigningKey::FromJwk(Secret::CopyOf(JsonWriter().Value(jwk).Take()));
    if (!key.ok()) return Malformed(path, "has a signing key that is broken");
    keys.signing_keys.push_back(std::move(key).value());
  }
  return Status();
}

Status ReadPeppers(const JsonValue& root, const std::string& path,
                   KeyFile& keys) {
  const JsonValue* list = root.Find("peppers");
  if (list == nullptr || list->AsArray() == nullptr ||
      list->AsArray()->empty()) {
    return Malformed(path, "has no 'peppers'");
  }
  for (const JsonValue& entry : *list->AsArray()) {
    const JsonValue* id = entry.Find("id");
    if (id == nullptr || id->AsInt() == nullptr || *id->AsInt() < 0 ||
        *id->AsInt() > std::numeric_limits<std::uint32_t>::max()) {
      return Malformed(path, "has a pepper without 'id'");
    }
    Pepper pepper{static_cast<std::uint32_t>(*id->AsInt()), {}};
    CLONE_AUTH_TRY_ASSIGN(pepper.secret, ReadSecret(entry, "secret", path));
    keys.peppers.push_back(std::move(pepper));
  }
  return Status();
}

Result<KeyFile> Read(OpenFile file, const std::string& path) {
  CLONE_AUTH_TRY(CheckPrivate(file.get(), path));
  CLONE_AUTH_TRY(Lock(file.get(), path));
  CLONE_AUTH_TRY_ASSIGN(const Secret text, ReadAll(file.get(), path));
  const auto root = JsonValue::Parse(text.Reveal());
  if (!root.ok()) return Malformed(path, "is not valid JSON");
  const JsonValue* version = root->Find("version");
  if (version == nullptr || version->AsInt() == nullptr ||
      *version->AsInt() != 1) {
    return Malformed(path, "has a 'version' other than 1");
  }
  KeyFile keys;
  CLONE_AUTH_TRY(ReadSigningKeys(*root, path, keys));
  CLONE_AUTH_TRY(ReadPeppers(*root, path, keys));
  CLONE_AUTH_TRY_ASSIGN(keys.refresh_key,
                        ReadSecret(*root, "refresh_key", path));
  keys.lock = std::move(file);
  keys.path = path;
  return keys;
}

Status PutFirst(JwtAlgorithm algorithm, const std::string& path, KeyFile& keys,
                RandomSource& random) {
  auto& all = keys.signing_keys;
  if (all.front().algorithm() == algorithm) return Status();
  auto fitting = std::find_if(all.begin(), all.end(), [&](const auto& key) {
    return key.algorithm() == algorithm;
  });
  if (fitting == all.end()) {
    CLONE_AUTH_TRY_ASSIGN(JwtSigningKey made,
                          JwtSigningKey::Generate(algorithm));
    all.insert(all.begin(), std::move(made));
  } else {
    std::rotate(all.begin(), fitting, fitting + 1);
  }
  return Save(keys, path, true, random);
}

}  // namespace

OpenFile::~OpenFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

OpenFile::OpenFile(OpenFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Result<KeyFile> KeyFile::Open(const std::string& path, bool may_make,
                              JwtAlgorithm algorithm, RandomSource& random) {
  OpenFile file(
      open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.ok()) {
    if (errno == ELOOP) {
      return Failure(Reason::kFileInsecure, path, "must not be a link");
    }
    if (errno != ENOENT) return DiskFailure(path);
    if (!may_make) {
      return Malformed(path,
                       "is missing, and the database has accounts that need "
                       "it; restore it from where the database came from");
    }
    return Make(path, algorithm, random);
  }
  CLONE_AUTH_TRY_ASSIGN(KeyFile keys, Read(std::move(file), path));
  CLONE_AUTH_TRY(PutFirst(algorithm, path, keys, random));
  return keys;
}

Result<KeyFile> KeyFile::Load(const std::string& path) {
  OpenFile file(
      open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.ok() && errno == ENOENT) {
    return Failure(Reason::kNotFound, path, "is missing");
  }
  if (!file.ok()) {
    return errno == ELOOP
               ? Failure(Reason::kFileInsecure, path, "must not be a link")
               : DiskFailure(path);
  }
  return Read(std::move(file), path);
}

Result<KeyFile> KeyFile::Renew(const KeyFile& backup, const KeyFile* present,
                               RandomSource& random) {
  const KeyFile& newer = present != nullptr ? *present : backup;
  KeyFile keys;
  CLONE_AUTH_TRY_ASSIGN(
      JwtSigningKey signing_key,
      JwtSigningKey::Generate(newer.signing_keys.front().algorithm()));
  keys.signing_keys.push_back(std::move(signing_key));
  CLONE_AUTH_TRY_ASSIGN(keys.refresh_key, RandomSecret(random));
  const auto add = [&](const KeyFile& from) {
    for (const Pepper& pepper : from.peppers) {
      const auto same = std::find_if(
          keys.peppers.begin(), keys.peppers.end(),
          [&](const Pepper& have) { return have.id == pepper.id; });
      Secret secret = Secret::CopyOf(pepper.secret.Reveal());
      if (same != keys.peppers.end()) {
        same->secret = std::move(secret);
      } else {
        keys.peppers.push_back({pepper.id, std::move(secret)});
      }
    }
  };
  add(newer);
  add(backup);
  return keys;
}

Status KeyFile::SaveAs(const std::string& file, RandomSource& random) {
  return Save(*this, file, true, random);
}

}  // namespace clone_auth::service
