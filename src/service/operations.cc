#include "service/operations.h"

#include <algorithm>
#include <optional>

#include "service/backup.h"
#include "service/email.h"
#include "service/import_batch.h"
#include "service/refresh_tokens.h"
#include "service/try.h"

namespace clone_auth::service {

Result<Uuid> Operations::UserNamed(std::string_view email) const {
  CLONE_AUTH_TRY_ASSIGN(const auto stored,
                        context_.store->FindPassword(NormalizedEmail(email)));
  if (!stored.has_value()) {
    return Status(Reason::kNotFound, "No account has this email address.");
  }
  return stored->user;
}

Result<std::string> Operations::CreateInvite(int uses) {
  if (uses < 1) {
    return Status(Reason::kInvalidArgument, "An invite has at least one use.");
  }
  constexpr std::string_view kAlphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  constexpr std::size_t kLength = 24;
  CLONE_AUTH_TRY_ASSIGN(std::string code,
                        RandomText(*context_.random, kAlphabet, kLength));
  CLONE_AUTH_TRY(
      context_.store->CreateInvite(HashOf(code), uses, context_.Now()));
  return code;
}

Result<std::vector<AccountSummary>> Operations::ListAccounts() {
  std::vector<AccountSummary> list;
  context_.directory->ForEachAccount([&](const Account& account,
                                         std::size_t keys) {
    list.push_back({account.id, account.email, account.organization_name,
                    account.role, account.enabled, account.created_at, keys});
  });
  std::sort(list.begin(), list.end(),
            [](const AccountSummary& a, const AccountSummary& b) {
              return a.email < b.email;
            });
  return list;
}

Status Operations::SetPassword(std::string_view email, const Secret& password) {
  CLONE_AUTH_TRY_ASSIGN(const Uuid user, UserNamed(email));
  const auto objections = context_.passwords->Objections(password.Reveal());
  if (!objections.empty()) {
    return Status(Reason::kValidationFailed, objections.front());
  }
  CLONE_AUTH_TRY_ASSIGN(const std::string hash,
                        context_.passwords->Hash(password.Reveal()));
  return context_.directory->SetPassword(user, hash, context_.Now(),
                                         Actor::Operator());
}

Status Operations::SetAccountEnabled(std::string_view email, bool enabled) {
  CLONE_AUTH_TRY_ASSIGN(const Uuid user, UserNamed(email));
  return context_.directory->SetEnabled(user, enabled, context_.Now(),
                                        Actor::Operator());
}

Result<std::vector<ApiKeySummary>> Operations::ListKeys(
    std::string_view email) {
  std::optional<Uuid> owner;
  if (!email.empty()) {
    CLONE_AUTH_TRY_ASSIGN(owner, UserNamed(email));
  }
  std::vector<ApiKeySummary> list;
  context_.directory->ForEachApiKey([&](const StoredApiKey& key) {
    if (owner.has_value() && key.record.owner != *owner) return;
    list.push_back({key.record.id, key.display_prefix, key.label,
                    context_.directory->EmailOf(key.record.owner),
                    key.record.scope, *key.record.permissions, key.created_at,
                    key.last_used_at, key.record.expires_at,
                    key.record.revoked_at});
  });
  std::sort(list.begin(), list.end(),
            [](const ApiKeySummary& a, const ApiKeySummary& b) {
              return a.created_at != b.created_at ? a.created_at > b.created_at
                                                  : a.id < b.id;
            });
  return list;
}

Status Operations::RevokeKey(const Uuid& id) {
  const Status revoked = context_.directory->RevokeApiKey(
      id, context_.Now(), Actor::Operator(), {});
  if (revoked.reason() != Reason::kNotFound) return revoked;
  return Status(Reason::kNotFound, context_.directory->FindApiKey(id).ok()
                                       ? "The key was revoked before."
                                       : "No key has this id.");
}

Result<RefusalExplanation> Operations::ExplainRefusal(std::string_view id) {
  CLONE_AUTH_TRY_ASSIGN(const Refusal refusal, context_.refusal_ids->Open(id));
  RefusalExplanation told;
  told.when = refusal.when;
  told.reason = refusal.reason;
  told.detail = Describe(refusal.detail);
  if (told.detail.empty()) told.detail = Describe(refusal.reason).text;
  if (refusal.subject == RefusalSubject::kAccount) {
    told.account_email = context_.directory->EmailOf(refusal.id);
  }
  if (refusal.subject != RefusalSubject::kKey) return told;
  told.key = refusal.id;
  if (const auto key = context_.directory->FindApiKey(refusal.id); key.ok()) {
    told.key_prefix = key->display_prefix;
    told.account_email = context_.directory->EmailOf(key->record.owner);
  }
  return told;
}

Result<SigningKeySummary> Operations::RotateSigningKey(
    std::chrono::seconds publish_ahead) {
  CLONE_AUTH_TRY_ASSIGN(SigningKeySummary made,
                        context_.signing_keys->Rotate(publish_ahead));
  // The key is in a file of its own, so a crash right here loses the row.
  CLONE_AUTH_TRY(context_.store->AppendAudit(
      {AuditAction::kSigningKeyRotated, context_.Now(), Uuid{}, Uuid{},
       Actor::Operator(), "key " + made.key_id}));
  return made;
}

Result<std::vector<SigningKeySummary>> Operations::ListSigningKeys() {
  return context_.signing_keys->List();
}

Result<std::vector<AuditRecord>> Operations::ListAudit(
    const AuditFilter& filter) {
  AuditQuery query;
  query.key = filter.key;
  query.limit = filter.limit;
  if (!filter.email.empty()) {
    CLONE_AUTH_TRY_ASSIGN(query.account, UserNamed(filter.email));
  }
  CLONE_AUTH_TRY_ASSIGN(AuditPageOf page, context_.store->ListAudit(query));
  return std::move(page.rows);
}

Result<AuditTrailState> Operations::VerifyAudit(std::string_view kept_head) {
  const auto kept =
      kept_head.empty() ? AuditHead{} : AuditHead::Parse(kept_head);
  if (!kept.has_value()) {
    return Status(Reason::kInvalidArgument,
                  "That is not the head of an audit trail.");
  }
  CLONE_AUTH_TRY_ASSIGN(const AuditHead head,
                        context_.store->VerifyAudit(*kept));
  return AuditTrailState{head.sequence, head.ToText()};
}

Status Operations::RotatePepper() {
  CLONE_AUTH_TRY(context_.peppers->Rotate());
  // The pepper is in a file of its own, so a crash right here loses the row.
  return context_.store->AppendAudit({AuditAction::kPepperRotated,
                                      context_.Now(),
                                      Uuid{},
                                      Uuid{},
                                      Actor::Operator(),
                                      {}});
}

PepperRotation Operations::PepperProgress() {
  return context_.peppers->Progress();
}

Result<std::vector<PepperSummary>> Operations::ListPeppers() {
  return context_.peppers->List();
}

Result<std::size_t> Operations::DropPepper(std::uint32_t id) {
  CLONE_AUTH_TRY(context_.peppers->CheckMayDrop(id));
  CLONE_AUTH_TRY_ASSIGN(
      const std::size_t revoked,
      context_.directory->RevokeHashedWith(id, context_.Now()));
  CLONE_AUTH_TRY(context_.peppers->Drop(id));
  return revoked;
}

Status Operations::Backup(const std::string& file) {
  const std::lock_guard lock(backing_up_);
  return WriteBackup(context_, file);
}

Result<ImportReport> Operations::ImportDjango(const DjangoImport& wanted) {
  const std::lock_guard lock(importing_);
  return ImportFromDjango(context_, wanted);
}

Result<ImportReport> Operations::ImportKeys(const KeyImport& wanted) {
  const std::lock_guard lock(importing_);
  return ImportKeyLines(context_, wanted);
}

Result<ImportStatus> Operations::ImportProgress() {
  CLONE_AUTH_TRY(context_.directory->SaveUses());
  CLONE_AUTH_TRY_ASSIGN(const auto counts, context_.store->CountImportedKeys());
  ImportStatus status;
  status.accounts = context_.directory->imports().users();
  status.tokens_until = context_.legacy_tokens->ends_at();
  for (const ImportedKeyCount& count : counts) {
    status.keys.push_back({std::string(ToString(count.form)), count.imported,
                           count.imported - count.left, count.left,
                           count.last_used_at});
  }
  return status;
}

ServiceStatistics Operations::Statistics() {
  ServiceStatistics now = context_.directory->Count();
  now.passwords_waiting = passwords_.waiting();
  now.writes_waiting = writes_.waiting();
  now.imported_keys_left = context_.directory->imports().left();
  now.imported_keys_waiting = keys_.waiting();
  now.signing_keys = context_.signing_keys->List().size();
  return now;
}

}  // namespace clone_auth::service
