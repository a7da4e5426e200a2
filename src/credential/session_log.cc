#include "clone/session_log.h"

#include <chrono>
#include <optional>
#include <utility>

#include "base/macros.h"
#include "credential/log_frame.h"
#include "credential/session_log_core.h"

namespace clone_auth {
namespace {

using CorePointer = std::shared_ptr<SessionLogCore>;

class LogLock final : public TokenStore::Lock {
 public:
  LogLock(CorePointer core, std::string key)
      : core_(std::move(core)), key_(std::move(key)) {}
  ~LogLock() override { core_->locks().Release(key_); }

  Status Save(const StoredSession& session) override {
    return core_->Save(key_, session);
  }
  Status Clear() override { return core_->Clear(key_); }

 private:
  const CorePointer core_;
  const std::string key_;
};

class LogStore final : public TokenStore {
 public:
  LogStore(CorePointer core, std::string key)
      : core_(std::move(core)), key_(std::move(key)) {}

  Result<std::unique_ptr<Lock>> Acquire(
      std::chrono::milliseconds patience) override {
    CLONE_AUTH_RETURN_IF_ERROR(CheckKey());
    if (!core_->locks().Acquire(key_, patience)) {
      return Status(Reason::kTimeout, "another thread holds the session");
    }
    return std::unique_ptr<Lock>(std::make_unique<LogLock>(core_, key_));
  }

  Result<std::optional<StoredSession>> Load() override {
    CLONE_AUTH_RETURN_IF_ERROR(CheckKey());
    return core_->Load(key_);
  }

 private:
  Status CheckKey() const {
    if (!key_.empty() && key_.size() <= kMaxLogKey) return Status();
    return Status(Reason::kInvalidArgument,
                  "a session's key in a log has 1 to 1,024 bytes");
  }

  const CorePointer core_;
  const std::string key_;
};

}  // namespace

Result<std::unique_ptr<SessionLog>> SessionLog::Create(
    std::string path, SessionLogOptions options, const Clock& clock) {
  CLONE_AUTH_ASSIGN_OR_RETURN(CorePointer core,
                              SessionLogCore::Open(path, options, clock));
  return std::unique_ptr<SessionLog>(new SessionLog(std::move(core)));
}

SessionLog::SessionLog(std::shared_ptr<SessionLogCore> core)
    : core_(std::move(core)) {}

SessionLog::~SessionLog() = default;

std::shared_ptr<TokenStore> SessionLog::StoreFor(std::string key) const {
  return std::make_shared<LogStore>(core_, std::move(key));
}

std::vector<std::string> SessionLog::keys() const { return core_->keys(); }

std::size_t SessionLog::size() const { return core_->size(); }

std::uint64_t SessionLog::file_size() const { return core_->file_size(); }

Status SessionLog::Compact() { return core_->Compact(); }

const Status& SessionLog::warning() const { return core_->warning(); }

}  // namespace clone_auth
