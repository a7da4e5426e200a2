#pragma once

// The operator's side of the service. Borrows what requests use; so a change
// made here is seen by every request that starts after it returned.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "clone/service_operations.h"
#include "service/handlers.h"
#include "service/worker_pool.h"

namespace clone_auth::service {

class Operations final : public ServiceOperations {
 public:
  Operations(const Context& context, const WorkerPool& passwords,
             const WorkerPool& writes, const WorkerPool& keys)
      : context_(context),
        passwords_(passwords),
        writes_(writes),
        keys_(keys) {}

  Result<std::string> CreateInvite(int uses) override;
  Result<std::vector<AccountSummary>> ListAccounts() override;
  Status SetPassword(std::string_view email, const Secret& password) override;
  Status SetAccountEnabled(std::string_view email, bool enabled) override;
  Result<std::vector<ApiKeySummary>> ListKeys(std::string_view email) override;
  Status RevokeKey(const Uuid& id) override;
  Result<RefusalExplanation> ExplainRefusal(std::string_view id) override;
  Result<SigningKeySummary> RotateSigningKey(
      std::chrono::seconds publish_ahead) override;
  Result<std::vector<SigningKeySummary>> ListSigningKeys() override;
  Result<std::vector<AuditRecord>> ListAudit(
      const AuditFilter& filter) override;
  Result<AuditTrailState> VerifyAudit(std::string_view kept_head) override;
  Status RotatePepper() override;
  PepperRotation PepperProgress() override;
  Result<std::vector<PepperSummary>> ListPeppers() override;
  Result<std::size_t> DropPepper(std::uint32_t id) override;
  Status Backup(const std::string& file) override;
  Result<ImportReport> ImportDjango(const DjangoImport& wanted) override;
  Result<ImportReport> ImportKeys(const KeyImport& wanted) override;
  Result<ImportStatus> ImportProgress() override;
  ServiceStatistics Statistics() override;

 private:
  Result<Uuid> UserNamed(std::string_view email) const;

  const Context& context_;
  const WorkerPool& passwords_;
  const WorkerPool& writes_;
  const WorkerPool& keys_;
  std::mutex backing_up_;
  std::mutex importing_;
};

}  // namespace clone_auth::service
