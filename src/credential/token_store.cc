#include "clone/token_store.h"

#include <fcntl.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "base/macros.h"
#include "base/wiped_text.h"
#include "clone/clock.h"
#include "clone/json.h"
#include "credential/fork.h"
#include "credential/private_file.h"
#include "credential/stored_session.h"

namespace clone_auth {
namespace {

// Whoever knows version 1 alone would refresh at the API what an
// authorization server has granted.
constexpr std::int64_t kOwnVersion = 1;
constexpr std::int64_t kGrantVersion = 2;
constexpr std::size_t kMaxFile = 64 * 1024;
constexpr std::chrono::milliseconds kRetry{10};
constexpr std::chrono::milliseconds kSavePatience{10'000};

std::string Serialize(const StoredSession& session, WallTime received_at) {
  const bool is_granted = IsGranted(session);
  JsonWriter json;
  json.BeginObject()
      .Name("version")
      .Int(is_granted ? kGrantVersion : kOwnVersion)
      .Name("base_url")
      .String(session.base_url)
      .Name("access")
      .String(session.tokens.access.Reveal())
      .Name("refresh")
      .String(session.tokens.refresh.Reveal())
      .Name("received_at")
      .Int(ToUnixSeconds(received_at).count())
      .Name("expires_in")
      .Int(session.tokens.expires_in.value_or(std::chrono::seconds(0)).count())
      .Name("idempotency_key")
      .String(session.tokens.idempotency_key);
  if (is_granted) {
    for (const GrantRow& row : kGrantRows) {
      json.Name(row.name).String(session.*row.stored);
    }
  }
  return json.EndObject().Take();
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
                        received_at != nullptr && base_url != nullptr &&
                        access != nullptr && refresh != nullptr;
  if (!is_whole) return malformed;
  const bool is_granted = *version->AsInt() == kGrantVersion;
  if (!is_granted && *version->AsInt() != kOwnVersion) return malformed;
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
  const JsonValue* expires_in = json->Find("expires_in");
  if (expires_in != nullptr && expires_in->AsInt() != nullptr &&
      *expires_in->AsInt() > 0 && *expires_in->AsInt() <= kLastSecond) {
    session.tokens.expires_in = std::chrono::seconds(*expires_in->AsInt());
  }
  if (const std::string* key = json->FindString("idempotency_key")) {
    session.tokens.idempotency_key = *key;
  }
  if (!is_granted) return session;
  for (const GrantRow& row : kGrantRows) {
    const std::string* kept = json->FindString(row.name);
    if (kept == nullptr) return malformed;
    session.*row.stored = *kept;
  }
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

class FileLock final : public TokenStore::Lock {
 public:
  FileLock(FileDescriptor file, PrivateFolder folder, std::string name)
      : file_(std::move(file)),
        folder_(std::move(folder)),
        name_(std::move(name)) {}
  ~FileLock() override {
    if (!closed_at_fork_.is_mine()) file_.Release();
  }

  Status Save(const StoredSession& session) override {
    CLONE_AUTH_RETURN_IF_ERROR(SetAsideWhatIsNone());
    std::string text = Serialize(
        session, session.tokens.received_at.value_or(SystemClock().Now()));
    const Status saved = folder_.Replace(name_, text);
    WipeText(text);
    return saved;
  }

  Status Clear() override { return folder_.Remove(name_); }

 private:
  // What is there and no session may be somebody's: it is never overwritten.
  Status SetAsideWhatIsNone() {
    auto text = folder_.Read(name_, kMaxFile);
    const bool is_session =
        text.ok() && (!text->has_value() || Parse(**text, name_).ok());
    if (text.ok() && text->has_value()) WipeText(**text);
    const bool is_other =
        text.ok() ? !is_session : text.status().reason() == Reason::kTooLarge;
    return is_other ? folder_.SetAside(name_) : Status();
  }

  FileDescriptor file_;
  const ClosedAtFork closed_at_fork_{file_.get()};
  const PrivateFolder folder_;
  const std::string name_;
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
    CLONE_AUTH_ASSIGN_OR_RETURN(PrivateFolder folder,
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
    return std::unique_ptr<Lock>(
        std::make_unique<FileLock>(std::move(file), std::move(folder), name_));
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
    WipeText(**text);
    if (!session.ok()) return session.status();
    return std::optional<StoredSession>(std::move(session).value());
  }

 private:
  std::string folder_;
  std::string name_;
};

}  // namespace

Status TokenStore::Save(const StoredSession& session) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const auto lock, Acquire(kSavePatience));
  return lock->Save(session);
}

Status TokenStore::Clear() {
  CLONE_AUTH_ASSIGN_OR_RETURN(const auto lock, Acquire(kSavePatience));
  return lock->Clear();
}

std::unique_ptr<TokenStore> MakeFileTokenStore(std::string path) {
  return std::make_unique<FileTokenStore>(path);
}

}  // namespace clone_auth
