#pragma once

// One import on its way: what it adds goes to the directory some hundred at a
// time, each time all or nothing, and what it refuses into the report. For one
// thread.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clone/service_import.h"
#include "service/handlers.h"

namespace clone_auth::service {

/// A key as the other system has it.
struct ForeignEntry {
  std::string source;  ///< names it for good, also in the report
  ForeignKeyForm form = ForeignKeyForm::kSha256;
  std::string hash;
  std::string handle;
  std::string label;
  std::optional<Uuid> owner;  ///< empty: nobody that was imported
  ApiKeyScope scope = ApiKeyScope::kUser;
  std::vector<std::string> permissions;
  std::optional<WallTime> created_at;
  std::optional<WallTime> expires_at;
  bool revoked = false;
};

class ImportBatch {
 public:
  explicit ImportBatch(const Context& context) : context_(context) {}

  /// Whatever is added or refused from now on is of this kind. Error: those of
  /// Flush.
  Status Begin(std::string kind);

  // Errors: store_unavailable, random_unavailable; what is wrong with a row
  // goes into the report.
  Status Add(ImportedAccount account);
  Status Add(const ForeignEntry& entry);
  void Know() { ++count().known; }
  void NoteAdded(std::size_t added, std::size_t known) {
    count().added += added;
    count().known += known;
  }
  void Refuse(const std::string& source, std::string why);
  void Remark(const std::string& source, std::string text);

  Status Flush();
  ImportReport Take() { return std::move(report_); }

 private:
  ImportCount& count() { return report_.counts.back(); }
  /// Adds them all or, where that fails for one of them, one after the other.
  template <typename Imported>
  Status Flush(std::vector<Imported>& waiting,
               Status (Directory::*add)(const std::vector<Imported>&));
  Result<ImportedKey> Make(const ForeignEntry& entry,
                           const ForeignKeyHash& hash,
                           const Account& owner) const;

  const Context& context_;
  ImportReport report_;
  std::vector<ImportedAccount> accounts_;
  std::vector<ImportedKey> keys_;
};

/// Names for ApiKeyRecord, sorted. Error: invalid_argument, for what is no
/// name of a permission, or too many.
Result<std::vector<std::string>> CheckedPermissions(
    std::vector<std::string> names);

Result<ImportReport> ImportFromDjango(const Context& context,
                                      const DjangoImport& wanted);
Result<ImportReport> ImportKeyLines(const Context& context,
                                    const KeyImport& wanted);

}  // namespace clone_auth::service
