// Accounts, keys and sessions of a Django project.

#include <algorithm>
#include <string>

#include "clone/api_key_digest.h"
#include "clone/django_hash.h"
#include "service/accounts.h"
#include "service/base64.h"
#include "service/email.h"
#include "service/import_batch.h"
#include "service/sqlite/django_file.h"
#include "service/time_text.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

// As restores leave it: nothing leads to it until a new one is set.
constexpr char kNoPassword[] = "!";
constexpr std::size_t kBatch = 256;
constexpr std::size_t kShortestSigningKey = 32;
constexpr std::size_t kLongestSigningKey = 1024;
// Of SimpleJWT's refresh tokens, unless a project says otherwise.
constexpr std::chrono::hours kUsualRefreshLife{24};

Status CheckSigningKey(const Secret& key) {
  if (key.empty()) return Status();
  if (key.size() < kShortestSigningKey || key.size() > kLongestSigningKey) {
    return Status(Reason::kKeyWeak,
                  "A signing key has from 32 to 1024 bytes for HS256.");
  }
  return Status();
}

class Importer {
 public:
  Importer(const Context& context, const DjangoImport& wanted, DjangoFile& file)
      : context_(context), wanted_(wanted), file_(file), batch_(context) {}

  Result<ImportReport> Run() {
    CLONE_AUTH_TRY_ASSIGN(permissions_,
                          CheckedPermissions(wanted_.permissions));
    CLONE_AUTH_TRY(ImportAccounts());
    CLONE_AUTH_TRY(ImportApiKeys());
    CLONE_AUTH_TRY(ImportTokens());
    // What is blocked comes before the key that would let it in.
    CLONE_AUTH_TRY(ImportRefreshes());
    CLONE_AUTH_TRY(UseSigningKey());
    return batch_.Take();
  }

 private:
  Status ImportAccounts();
  Status AddAccount(const DjangoUser& user);
  Status ImportApiKeys();
  Status ImportTokens();
  Status ImportRefreshes();
  Status UseSigningKey();

  const Context& context_;
  const DjangoImport& wanted_;
  DjangoFile& file_;
  ImportBatch batch_;
  std::vector<std::string> permissions_;
  /// When the last refresh token dies that is good.
  WallTime last_refresh_{};
  std::chrono::nanoseconds refresh_life_ = kUsualRefreshLife;
};

Status Importer::ImportAccounts() {
  CLONE_AUTH_TRY(batch_.Begin("accounts"));
  CLONE_AUTH_TRY(file_.ForEachUser(
      [this](const DjangoUser& user) { return AddAccount(user); }));
  return batch_.Flush();
}

Status Importer::AddAccount(const DjangoUser& user) {
  const std::string source = SourceIdOf(user.id);
  if (context_.directory->imports().UserOf(source).has_value()) {
    batch_.Know();
    return Status();
  }
  const std::string name = "account " + source;
  const std::string email = NormalizedEmail(user.email);
  if (email.size() > kMaxEmailSize || !IsEmail(email)) {
    batch_.Refuse(name, "It has no email address, or one that is none.");
    return Status();
  }
  ImportedAccount imported;
  imported.source = source;
  NewAccount& made = imported.account;
  const WallTime joined = user.joined_at.value_or(context_.Now());
  CLONE_AUTH_TRY_ASSIGN(made.account,
                        NewOwner(email, RoundedDown(joined), *context_.random));
  made.account.enabled = user.active;
  const auto hash = DjangoHash::Parse(user.password);
  const bool can_be_checked = hash.ok() && hash->IsCostly();
  made.password_hash = can_be_checked ? user.password : kNoPassword;
  if (!can_be_checked) {
    batch_.Remark(name,
                  "It has no password that can be checked here; set one.");
  }
  return batch_.Add(std::move(imported));
}

Status Importer::ImportApiKeys() {
  CLONE_AUTH_TRY(batch_.Begin("drf-api-keys"));
  std::optional<Uuid> owner;
  if (!wanted_.key_owner.empty()) {
    CLONE_AUTH_TRY_ASSIGN(
        const auto stored,
        context_.store->FindPassword(NormalizedEmail(wanted_.key_owner)));
    if (stored.has_value()) owner = stored->user;
  }
  CLONE_AUTH_TRY(file_.ForEachApiKey([&](const DjangoApiKey& key) {
    ForeignEntry entry;
    entry.source = "drf-api-key " + key.prefix;
    if (key.is_broken) {
      batch_.Refuse(entry.source, "Its end cannot be read.");
      return Status();
    }
    entry.form = key.hash.rfind("sha512$$", 0) == 0
                     ? ForeignKeyForm::kDjangoSha512
                     : ForeignKeyForm::kDjangoPbkdf2;
    entry.hash = key.hash;
    entry.handle = key.prefix;
    entry.label = key.name;
    entry.owner = owner;
    entry.scope = ApiKeyScope::kOrganization;
    entry.permissions = permissions_;
    entry.created_at = key.created_at;
    entry.expires_at = key.expires_at;
    entry.revoked = key.revoked;
    return batch_.Add(entry);
  }));
  return batch_.Flush();
}

Status Importer::ImportTokens() {
  CLONE_AUTH_TRY(batch_.Begin("authtokens"));
  constexpr std::size_t kTokenSize = 40;
  CLONE_AUTH_TRY(file_.ForEachToken([&](const DjangoToken& token) {
    ForeignEntry entry;
    // The token itself is the primary key there, and must not stand here.
    entry.source =
        "authtoken of " + SourceIdOf(token.user) + ", " + token.created;
    if (token.key.size() != kTokenSize ||
        token.key.find_first_not_of("0123456789abcdef") != std::string::npos) {
      batch_.Refuse(entry.source, "It has not the form of one.");
      return Status();
    }
    entry.label = "authtoken";
    const ApiKeyDigest digest = DigestApiKey(token.key);
    entry.hash = ToBase64Url(digest.data(), digest.size());
    entry.owner = context_.directory->imports().UserOf(SourceIdOf(token.user));
    entry.permissions = permissions_;
    return batch_.Add(entry);
  }));
  return batch_.Flush();
}

Status Importer::ImportRefreshes() {
  CLONE_AUTH_TRY(batch_.Begin("blacklisted-tokens"));
  std::vector<BlockedToken> blocked;
  const WallTime now = context_.Now();
  CLONE_AUTH_TRY(file_.ForEachRefresh([&](const DjangoRefresh& token) {
    if (!token.expires_at.has_value()) {
      batch_.Refuse("token " + token.jti, "Its end cannot be read.");
      return Status();
    }
    if (token.created_at.has_value()) {
      refresh_life_ = std::max<std::chrono::nanoseconds>(
          refresh_life_, *token.expires_at - *token.created_at);
    }
    if (*token.expires_at <= now) return Status();
    last_refresh_ = std::max(last_refresh_, *token.expires_at);
    if (token.blacklisted) {
      blocked.push_back({HashOf(token.jti), *token.expires_at});
    }
    return Status();
  }));
  for (std::size_t at = 0; at < blocked.size(); at += kBatch) {
    const auto begin = blocked.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = blocked.begin() + static_cast<std::ptrdiff_t>(std::min(
                                           at + kBatch, blocked.size()));
    CLONE_AUTH_TRY_ASSIGN(const std::size_t added,
                          context_.store->BlockLegacyTokens({begin, end}));
    batch_.NoteAdded(added, static_cast<std::size_t>(end - begin) - added);
  }
  return Status();
}

Status Importer::UseSigningKey() {
  if (wanted_.signing_key.empty()) return Status();
  LegacyKey key;
  key.secret = wanted_.signing_key.Clone();
  const WallTime now = context_.Now();
  key.ends_at = std::max(
      last_refresh_,
      RoundedDown(
          now + std::chrono::duration_cast<WallTime::duration>(refresh_life_)));
  CLONE_AUTH_TRY(context_.signing_keys->SetLegacyKey(
      LegacyKey{key.secret.Clone(), key.ends_at}));
  return context_.legacy_tokens->Use(key);
}

}  // namespace

Result<ImportReport> ImportFromDjango(const Context& context,
                                      const DjangoImport& wanted) {
  CLONE_AUTH_TRY(CheckSigningKey(wanted.signing_key));
  CLONE_AUTH_TRY_ASSIGN(const auto file,
                        DjangoFile::Open(wanted.file, wanted.user_table));
  return Importer(context, wanted, *file).Run();
}

}  // namespace clone_auth::service
