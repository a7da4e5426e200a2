#include "service/key_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <utility>

#include "clone/uuid.h"
#include "service/key_file_text.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

constexpr std::size_t kSecretSize = 32;
constexpr std::size_t kMaxFileSize = 256 * 1024;

Status DiskFailure(const std::string& path) {
  return KeyFileFailure(Reason::kStoreUnavailable, path,
                        std::string("cannot be used: ") + std::strerror(errno));
}

Status Malformed(const std::string& path, const std::string& what) {
  return KeyFileFailure(Reason::kConfigMalformed, path, what);
}

// When it was written last.
Result<WallTime> CheckPrivate(int file, const std::string& path) {
  struct stat state;
  if (fstat(file, &state) != 0) return DiskFailure(path);
  if (!S_ISREG(state.st_mode) || state.st_uid != geteuid() ||
      (state.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return KeyFileFailure(Reason::kFileInsecure, path,
                          "must be a regular file of this user with mode 0600");
  }
  return FromUnixSeconds(std::chrono::seconds(state.st_mtime));
}

Status Lock(int file, const std::string& path) {
  if (flock(file, LOCK_EX | LOCK_NB) == 0) return Status();
  if (errno != EWOULDBLOCK) return DiskFailure(path);
  return KeyFileFailure(Reason::kStoreUnavailable, path,
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

// The new file is complete, safe on the disk and locked before it gets its
// name; a crash leaves the old one or none.
Status Save(KeyFile& keys, const SigningPlan& plan, bool replace,
            RandomSource& random) {
  const std::string& path = keys.path;
  const Secret text = KeyFileText(keys, plan);
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
  // Whatever comes of the folder, this is the file that others must not open.
  keys.lock = std::move(file);
  return SyncFolderOf(path);
}

Result<Secret> RandomSecret(RandomSource& random) {
  Secret secret = Secret::OfSize(kSecretSize);
  CLONE_AUTH_TRY(random.Fill(secret.MutableBytes(), secret.size()));
  return secret;
}

// A key that signs from now on.
Result<PlannedKey> NewKey(JwtAlgorithm algorithm, const ServiceOptions& options,
                          const Moment& moment) {
  CLONE_AUTH_TRY_ASSIGN(JwtSigningKey made, JwtSigningKey::Generate(algorithm));
  PlannedKey planned;
  planned.key = std::make_shared<const JwtSigningKey>(std::move(made));
  planned.created_at = moment.now;
  planned.signs_from = moment.now;
  planned.token_life = TokenLife(options);
  return planned;
}

Moment MomentFor(const ServiceOptions& options) {
  return MomentOf(options.clock != nullptr ? *options.clock : SystemClock());
}

RandomSource& RandomFor(const ServiceOptions& options) {
  return options.random != nullptr ? *options.random : SystemRandom();
}

Result<KeyFile> Make(const std::string& path, const ServiceOptions& options,
                     const Moment& moment, RandomSource& random) {
  KeyFile keys;
  keys.path = path;
  CLONE_AUTH_TRY_ASSIGN(PlannedKey signing_key,
                        NewKey(options.algorithm, options, moment));
  keys.signing_keys.push_back(std::move(signing_key));
  Pepper pepper{1, {}};
  CLONE_AUTH_TRY_ASSIGN(pepper.secret, RandomSecret(random));
  keys.peppers.push_back(std::move(pepper));
  CLONE_AUTH_TRY_ASSIGN(keys.refresh_key, RandomSecret(random));
  CLONE_AUTH_TRY_ASSIGN(keys.audit_key, RandomSecret(random));
  CLONE_AUTH_TRY(Save(keys, keys.signing_keys, false, random));
  return keys;
}

Result<KeyFile> Read(OpenFile file, const std::string& path,
                     const ServiceOptions& options, const Moment& moment) {
  CLONE_AUTH_TRY_ASSIGN(const WallTime written_at,
                        CheckPrivate(file.get(), path));
  CLONE_AUTH_TRY(Lock(file.get(), path));
  CLONE_AUTH_TRY_ASSIGN(const Secret text, ReadAll(file.get(), path));
  KeyFile keys;
  keys.path = path;
  CLONE_AUTH_TRY(
      ReadKeyFileText(text.Reveal(), options, moment, written_at, keys));
  keys.lock = std::move(file);
  return keys;
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

std::vector<Pepper> KeyFile::CopyOfPeppers() const {
  std::vector<Pepper> copies;
  for (const Pepper& pepper : peppers) {
    copies.push_back({pepper.id, pepper.secret.Clone()});
  }
  return copies;
}

Result<std::shared_ptr<const ApiKeySealer>> KeyFile::MakeSealer() const {
  auto made = ApiKeySealer::Create(CopyOfPeppers());
  if (!made.ok()) {
    return Malformed(path, "has peppers that cannot be used: " +
                               std::string(made.status().message()));
  }
  return std::make_shared<const ApiKeySealer>(*std::move(made));
}

Result<KeyFile> KeyFile::Load(const std::string& path,
                              const ServiceOptions& options) {
  OpenFile file(
      open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (file.ok()) {
    return Read(std::move(file), path, options, MomentFor(options));
  }
  if (errno == ENOENT) {
    return KeyFileFailure(Reason::kNotFound, path, "is missing");
  }
  return errno == ELOOP
             ? KeyFileFailure(Reason::kFileInsecure, path, "must not be a link")
             : DiskFailure(path);
}

Result<KeyFile> KeyFile::Open(const std::string& path, bool may_make,
                              const ServiceOptions& options) {
  auto loaded = Load(path, options);
  if (loaded.ok() && loaded->audit_key.empty()) {
    CLONE_AUTH_TRY_ASSIGN(loaded->audit_key, RandomSecret(RandomFor(options)));
  }
  if (loaded.status().reason() != Reason::kNotFound) return loaded;
  if (!may_make) {
    return Malformed(path,
                     "is missing, and the database has accounts that need "
                     "it; restore it from where the database came from");
  }
  return Make(path, options, MomentFor(options), RandomFor(options));
}

Status KeyFile::Replace(SigningPlan plan, RandomSource& random) {
  CLONE_AUTH_TRY(Save(*this, plan, true, random));
  signing_keys = std::move(plan);
  return Status();
}

Status KeyFile::ReplacePeppers(std::vector<Pepper> replacement,
                               RandomSource& random) {
  peppers.swap(replacement);
  const Status saved = Save(*this, signing_keys, true, random);
  if (!saved.ok()) peppers.swap(replacement);
  return saved;
}

Result<KeyFile> KeyFile::Renew(const KeyFile& backup, const KeyFile* present,
                               const ServiceOptions& options) {
  const KeyFile& newer = present != nullptr ? *present : backup;
  KeyFile keys;
  CLONE_AUTH_TRY_ASSIGN(PlannedKey signing_key,
                        NewKey(newer.signing_keys.front().key->algorithm(),
                               options, MomentFor(options)));
  keys.signing_keys.push_back(std::move(signing_key));
  CLONE_AUTH_TRY_ASSIGN(keys.refresh_key, RandomSecret(RandomFor(options)));
  // The trail comes from the backup as well; one from before there was a
  // trail has none to check.
  keys.audit_key =
      (backup.audit_key.empty() ? newer : backup).audit_key.Clone();
  if (keys.audit_key.empty()) {
    CLONE_AUTH_TRY_ASSIGN(keys.audit_key, RandomSecret(RandomFor(options)));
  }
  const auto add = [&](const KeyFile& from) {
    for (const Pepper& pepper : from.peppers) {
      const auto same = std::find_if(
          keys.peppers.begin(), keys.peppers.end(),
          [&](const Pepper& have) { return have.id == pepper.id; });
      if (same != keys.peppers.end()) {
        same->secret = pepper.secret.Clone();
      } else {
        keys.peppers.push_back({pepper.id, pepper.secret.Clone()});
      }
    }
  };
  add(newer);
  add(backup);
  keys.rows_are_sealed = newer.rows_are_sealed;
  return keys;
}

Status KeyFile::SaveAs(std::string file, RandomSource& random) {
  path = std::move(file);
  return Save(*this, signing_keys, true, random);
}

}  // namespace clone_auth::service
