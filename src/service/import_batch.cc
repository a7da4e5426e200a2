#include "service/import_batch.h"

#include <algorithm>
#include <memory>

#include "service/permission_name.h"
#include "service/time_text.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

constexpr std::size_t kBatch = 256;
constexpr std::size_t kMaxRemarks = 1000;
constexpr std::size_t kLongestLabel = 100;
constexpr std::size_t kLongestSource = 200;
constexpr std::size_t kLongestHandle = 64;

// Cut where a character begins.
std::string LabelOf(std::string label) {
  if (label.size() > kLongestLabel) {
    std::size_t end = kLongestLabel;
    while (end > 0 && (static_cast<unsigned char>(label[end]) & 0xc0) == 0x80) {
      --end;
    }
    label.resize(end);
  }
  for (char& c : label) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return label;
}

/// What is shown of the key in lists: what is no secret of it.
std::string DisplayPrefix(const ForeignEntry& entry) {
  switch (entry.form) {
    case ForeignKeyForm::kDjangoSha512:
    case ForeignKeyForm::kDjangoPbkdf2:
      return entry.handle + ".";
    case ForeignKeyForm::kSeam:
      return entry.handle;
    case ForeignKeyForm::kSha256:
      break;
  }
  return {};
}

// A handle with the separator in it is one that no key leads to.
bool IsHandle(const ForeignEntry& entry) {
  const char separator = entry.form == ForeignKeyForm::kSeam ? '_' : '.';
  return !entry.handle.empty() && entry.handle.size() <= kLongestHandle &&
         std::all_of(entry.handle.begin(), entry.handle.end(),
                     [separator](char c) {
                       return c > ' ' && c <= '~' && c != separator;
                     });
}

std::string NameOf(const ImportedAccount& account) {
  return "account " + account.source;
}
std::string NameOf(const ImportedKey& key) { return key.source; }

const char* WhyNot(const ImportedAccount&) {
  return "Another account has its address.";
}
const char* WhyNot(const ImportedKey&) { return "The key is here already."; }

}  // namespace

Result<std::vector<std::string>> CheckedPermissions(
    std::vector<std::string> names) {
  if (names.size() > kMaxPermissions ||
      !std::all_of(names.begin(), names.end(), IsPermissionName)) {
    return Status(Reason::kInvalidArgument,
                  "Permissions are at most 32 names, each of 1 to 64 "
                  "characters of a-z, 0-9, '_', ':' and '-'.");
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Status ImportBatch::Begin(std::string kind) {
  CLONE_AUTH_TRY(Flush());
  report_.counts.push_back(ImportCount{std::move(kind)});
  return Status();
}

void ImportBatch::Refuse(const std::string& source, std::string why) {
  ++count().refused;
  Remark(source, std::move(why));
}

void ImportBatch::Remark(const std::string& source, std::string text) {
  if (report_.remarks.size() >= kMaxRemarks) return;
  report_.remarks.push_back({source, std::move(text)});
}

template <typename Imported>
Status ImportBatch::Flush(
    std::vector<Imported>& waiting,
    Status (Directory::*add)(const std::vector<Imported>&)) {
  const std::vector<Imported> all = std::exchange(waiting, {});
  if (all.empty()) return Status();
  const Status added = (context_.directory->*add)(all);
  if (added.ok()) count().added += all.size();
  if (added.reason() != Reason::kAlreadyExists) return added;
  for (const Imported& one : all) {
    const Status alone = (context_.directory->*add)({one});
    if (alone.ok()) {
      ++count().added;
    } else if (alone.reason() == Reason::kAlreadyExists) {
      Refuse(NameOf(one), WhyNot(one));
    } else {
      return alone;
    }
  }
  return Status();
}

Status ImportBatch::Flush() {
  CLONE_AUTH_TRY(Flush(accounts_, &Directory::ImportAccounts));
  return Flush(keys_, &Directory::ImportApiKeys);
}

Status ImportBatch::Add(ImportedAccount account) {
  accounts_.push_back(std::move(account));
  return accounts_.size() < kBatch ? Status() : Flush();
}

Result<ImportedKey> ImportBatch::Make(const ForeignEntry& entry,
                                      const ForeignKeyHash& hash,
                                      const Account& owner) const {
  ImportedKey made;
  made.source = entry.source;
  made.form = entry.form;
  made.key.label = LabelOf(entry.label);
  made.key.display_prefix = DisplayPrefix(entry);
  made.key.created_at = RoundedDown(entry.created_at.value_or(context_.Now()));
  ApiKeyRecord& record = made.key.record;
  CLONE_AUTH_TRY_ASSIGN(record.id, Uuid::Generate(*context_.random));
  record.owner = owner.id;
  record.organization = owner.organization;
  record.scope = entry.scope;
  record.permissions =
      std::make_shared<const std::vector<std::string>>(entry.permissions);
  record.expires_at = entry.expires_at;
  // When it was is not known there.
  if (entry.revoked) record.revoked_at = context_.Now();
  if (const auto digest = hash.digest()) {
    record.digest = *digest;
    return made;
  }
  made.row = ForeignKey{record.id, entry.form, entry.handle, entry.hash};
  record.digest = PlaceFor(*made.row);
  return made;
}

Status ImportBatch::Add(const ForeignEntry& entry) {
  if (entry.source.size() > kLongestSource) {
    Refuse(entry.source.substr(0, kLongestSource), "Its id is too long.");
    return Status();
  }
  CLONE_AUTH_TRY_ASSIGN(const bool known,
                        context_.store->HasImportedKey(entry.source));
  if (known) {
    Know();
    return Status();
  }
  const auto hash = ForeignKeyHash::Parse(entry.form, entry.hash);
  if (!hash.ok()) {
    Refuse(entry.source, "Its hash is of no form that can be checked.");
    return Status();
  }
  if (!hash->digest().has_value() && !IsHandle(entry)) {
    Refuse(entry.source, "It has no part that it can be found by.");
    return Status();
  }
  const auto owner = entry.owner.has_value()
                         ? context_.directory->FindAccount(*entry.owner)
                         : std::nullopt;
  if (!owner.has_value()) {
    Refuse(entry.source, "It belongs to no account that is here.");
    return Status();
  }
  CLONE_AUTH_TRY_ASSIGN(ImportedKey made, Make(entry, *hash, *owner));
  keys_.push_back(std::move(made));
  return keys_.size() < kBatch ? Status() : Flush();
}

}  // namespace clone_auth::service
