#include "clone/service.h"

#include <utility>

#include "service/core.h"
#include "service/key_file.h"
#include "service/options.h"
#include "service/private_file.h"
#include "service/revocation_log.h"
#include "service/sqlite/restore.h"
#include "service/sqlite/sqlite_store.h"
#include "service/try.h"

namespace clone_auth {

namespace {

// A log that is missing begins anew, under a name that no backup has; the
// store has the name first, so that a crash in between only repeats this.
Result<std::unique_ptr<service::RevocationLog>> OpenLog(service::Store& store,
                                                        const std::string& path,
                                                        RandomSource& random) {
  CLONE_AUTH_TRY_ASSIGN(const Uuid known, store.RevocationLogId());
  if (!known.IsNil() || service::Exists(path)) {
    auto opened = service::RevocationLog::Open(path, known);
    if (opened.ok() || opened.status().reason() != Reason::kNotFound) {
      return opened;
    }
  }
  CLONE_AUTH_TRY_ASSIGN(const Uuid made, Uuid::Generate(random));
  CLONE_AUTH_TRY(store.SetRevocationLogId(made));
  return service::RevocationLog::Make(path, made);
}

}  // namespace

class IdentityService::Impl {
 public:
  explicit Impl(std::unique_ptr<service::Core> made) : core(std::move(made)) {}
  std::unique_ptr<service::Core> core;
};

Result<std::unique_ptr<IdentityService>> IdentityService::OpenSqlite(
    const std::string& path, ServiceOptions options) {
  CLONE_AUTH_TRY(service::CheckOptions(options));
  CLONE_AUTH_TRY_ASSIGN(auto store, service::SqliteStore::Open(path));
  CLONE_AUTH_TRY_ASSIGN(const bool has_accounts, store->HasAccounts());
  CLONE_AUTH_TRY_ASSIGN(
      service::KeyFile keys,
      service::KeyFile::Open(path + ".keys", !has_accounts, options));
  RandomSource& random =
      options.random != nullptr ? *options.random : SystemRandom();
  CLONE_AUTH_TRY_ASSIGN(auto log, OpenLog(*store, path + ".revoked", random));
  CLONE_AUTH_TRY_ASSIGN(
      auto core, service::Core::Create(std::move(options), std::move(store),
                                       std::move(log), std::move(keys)));
  return std::unique_ptr<IdentityService>(
      new IdentityService(std::make_unique<Impl>(std::move(core))));
}

Result<RestoredBackup> IdentityService::RestoreSqlite(
    const std::string& path, const std::string& backup,
    const RestoreOptions& options) {
  return service::Restore(path, backup, options);
}

IdentityService::IdentityService(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

IdentityService::~IdentityService() = default;

HttpResponse IdentityService::Handle(const HttpRequest& request) {
  return impl_->core->Handle(request);
}

void IdentityService::HandleAsync(HttpRequest request,
                                  std::function<void(HttpResponse)> done) {
  impl_->core->HandleAsync(std::move(request), std::move(done));
}

Status IdentityService::Ready() { return impl_->core->Ready(); }

ServiceOperations& IdentityService::operations() {
  return impl_->core->operations();
}

}  // namespace clone_auth
