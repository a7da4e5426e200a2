#include "clone/token_store.h"

#include <fcntl.h>

#include <cerrno>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "base/macros.h"
#include "clone/clock.h"
#include "clone/json.h"
#include "credential/private_file.h"

namespace clone_auth {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::size_t kMaxFile = 64 * 1024;
constexpr std::chrono::milliseconds kRetry{10};
constexpr std::chrono::milliseconds kSavePatience{10'000};

std::string Serialize(const StoredSession& session, WallTime received_at) {
  return JsonWriter()
      .BeginObject()
      .Name("version")
      .Int(kVersion)
      .Name("base_url")
      .String(session.base_url)
      .Name("access")
      .String(session.tokens.access.Reveal())
      .Name("refresh")
      .String(session.tokens.refresh.Reveal())
      .Name("received_at")
      .Int(ToUnixSeconds(received_at).count())
      .EndObject()
      .Take();
}

Result<StoredSession> Parse(std::string_view text, const std::string& name) {
  const Status malformed(
      Reason::kConfigMalformed,
      name + " holds no session that this version can read; sign in again");
  const auto json = JsonValue::Parse(text);
  if (!json.ok()) return malformed;
  const JsonValue* version = json->Find("version");
  const JsonValue* received_at = json->Find("received_at");
  const std::string* base_url = json->FindString("base_url");
  const std::string* access = json->FindString("access");
  const std::string* refresh = json->FindString("refresh");
  const bool is_whole = version != nullptr && version->AsInt() != nullptr &&
                        *version->AsInt() == kVersion &&
                        received_at != nullptr && base_url != nullptr &&
                        access != nullptr && refresh != nullptr;
  if (!is_whole) return malformed;
  const std::int64_t* seconds = received_at->AsInt();
  constexpr std::int64_t kLastSecond = 9'223'372'036;
  if (seconds == nullptr || *seconds < 0 || *seconds > kLastSecond) {
    return malformed;
  }
  StoredSession session;
  session.base_url = *base_url;
  session.tokens.access = Secret::CopyOf(*access);
  session.tokens.refresh = Secret::CopyOf(*refresh);
  session.tokens.received_at = FromUnixSeconds(std::chrono::seconds(*seconds));
  return session;
}

// Locks of open file descriptions: two openings of the file exclude each
// other in one process too, and the kernel lets go when the last is closed.
bool TryLock(const FileDescriptor& file) {
  struct flock range {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  return fcntl(file.get(), F_OFD_SETLK, &range) == 0;
}

struct HeldLock {
  FileDescriptor file;
  std::thread::id owner;
};

class FileLock final : public TokenStore::Lock {
 public:
  explicit FileLock(std::shared_ptr<HeldLock> held) : held_(std::move(held)) {}

 private:
  std::shared_ptr<HeldLock> held_;
};

class FileTokenStore final : public TokenStore {
 public:
  explicit FileTokenStore(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) {
      folder_ = ".";
    } else {
      folder_ = slash == 0 ? "/" : path.substr(0, slash);
    }
    name_ = slash == std::string::npos ? path : path.substr(slash + 1);
  }

  Result<std::unique_ptr<Lock>> Acquire(
      std::chrono::milliseconds patience) override {
    CLONE_AUTH_ASSIGN_OR_RETURN(const PrivateFolder folder,
                                PrivateFolder::Open(folder_, true));
    CLONE_AUTH_ASSIGN_OR_RETURN(FileDescriptor file,
                                folder.OpenLockFile(name_ + ".lock"));
    const Clock& clock = SystemClock();
    const auto deadline = clock.SinceBoot() + patience;
    while (!TryLock(file)) {
      if (errno != EAGAIN && errno != EACCES && errno != EINTR) {
        return Status(Reason::kStoreUnavailable,
                      name_ + ".lock cannot be locked here");
      }
      if (clock.SinceBoot() >= deadline) {
        return Status(Reason::kTimeout,
                      "another process holds " + name_ + ".lock");
      }
      clock.SleepFor(kRetry);
    }
    auto held = std::make_shared<HeldLock>(
        HeldLock{std::move(file), std::this_thread::get_id()});
    {
      const std::lock_guard guard(mutex_);
      held_ = held;
    }
    return std::unique_ptr<Lock>(std::make_unique<FileLock>(std::move(held)));
  }

  Result<std::optional<StoredSession>> Load() override {
    const auto folder = PrivateFolder::Open(folder_, false);
    if (!folder.ok()) {
      if (folder.status().reason() != Reason::kNotFound) {
        return folder.status();
      }
      return std::optional<StoredSession>();
    }
    auto text = folder->Read(name_, kMaxFile);
    if (!text.ok() && text.status().reason() == Reason::kTooLarge) {
      return Status(Reason::kConfigMalformed,
                    std::string(text.status().message()));
    }
    if (!text.ok()) return text.status();
    if (!text->has_value()) return std::optional<StoredSession>();
    auto session = Parse(**text, name_);
    WipeBytes((*text)->data(), (*text)->size());
    if (!session.ok()) return session.status();
    return std::optional<StoredSession>(std::move(session).value());
  }

  Status Save(const StoredSession& session) override {
    return Exclusively([&](const PrivateFolder& folder) {
      std::string text = Serialize(
          session, session.tokens.received_at.value_or(SystemClock().Now()));
      const Status saved = folder.Replace(name_, text);
      WipeBytes(text.data(), text.size());
      return saved;
    });
  }

  Status Clear() override {
    return Exclusively(
        [&](const PrivateFolder& folder) { return folder.Remove(name_); });
  }

 private:
  // Runs `change` with the lock held: this thread's own, or one for the
  // occasion.
  template <typename Change>
  Status Exclusively(const Change& change) {
    std::unique_ptr<Lock> lock;
    if (!IsHeldByThisThread()) {
      CLONE_AUTH_ASSIGN_OR_RETURN(lock, Acquire(kSavePatience));
    }
    CLONE_AUTH_ASSIGN_OR_RETURN(const PrivateFolder folder,
                                PrivateFolder::Open(folder_, true));
    return change(folder);
  }

  bool IsHeldByThisThread() {
    const std::lock_guard guard(mutex_);
    const auto held = held_.lock();
    return held != nullptr && held->owner == std::this_thread::get_id();
  }

  std::string folder_;
  std::string name_;
  std::mutex mutex_;
  std::weak_ptr<HeldLock> held_;
};

}  // namespace

std::unique_ptr<TokenStore> MakeFileTokenStore(std::string path) {
  return std::make_unique<FileTokenStore>(path);
}

}  // namespace clone_auth
