#include "clone/service.h"

#include <utility>

#include "service/core.h"
#include "service/key_file.h"
#include "service/options.h"
#include "service/sqlite/sqlite_store.h"
#include "service/try.h"

namespace clone_auth {

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
  CLONE_AUTH_TRY_ASSIGN(
      auto core, service::Core::Create(std::move(options), std::move(store),
                                       std::move(keys)));
  return std::unique_ptr<IdentityService>(
      new IdentityService(std::make_unique<Impl>(std::move(core))));
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
