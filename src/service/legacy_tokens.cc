#include "service/legacy_tokens.h"

#include <algorithm>
#include <string>
#include <utility>

#include "clone/jwt_presets.h"
#include "service/refresh_tokens.h"
#include "service/time_text.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

// What a signed-in person may do; as AccessTokens has it.
constexpr char kScope[] = "keys";

Result<JwtPolicy> PolicyFor(JwtKind kind, std::chrono::seconds clock_skew) {
  CLONE_AUTH_TRY_ASSIGN(JwtPolicy policy,
                        MakeJwtPolicy("simplejwt-default", {}));
  policy.algorithms = {JwtAlgorithm::kHs256};
  policy.clock_skew = clock_skew;
  policy.kind = kind;
  if (kind == JwtKind::kAccess) return policy;
  for (JwtClaimRule& rule : policy.claims) {
    if (rule.name == "token_type") rule.values = {"refresh"};
  }
  return policy;
}

// A number until SimpleJWT 5.5, a text since; a UUID in either of its forms.
Result<std::string> UserIdIn(const VerifiedJwt& token) {
  const auto claim = token.Claim("user_id");
  std::string id;
  if (claim.has_value() && claim->AsInt() != nullptr) {
    id = std::to_string(*claim->AsInt());
  } else if (claim.has_value() && claim->AsString() != nullptr) {
    id = *claim->AsString();
  }
  if (id.empty()) {
    return Status(Reason::kTokenClaim,
                  "claim 'user_id' is missing or malformed");
  }
  return SourceIdOf(id);
}

}  // namespace

Status LegacyTokens::Use(const LegacyKey& key) {
  CLONE_AUTH_TRY_ASSIGN(
      const JwtSigningKey shared,
      JwtSigningKey::FromSharedSecret(key.secret.Clone(), ""));
  const auto make = [&](JwtKind kind) -> Result<JwtVerifier> {
    CLONE_AUTH_TRY_ASSIGN(JwtPolicy policy, PolicyFor(kind, clock_skew_));
    CLONE_AUTH_TRY_ASSIGN(JwkSet set, JwkSet::Of({&shared}));
    return JwtVerifier::Create(std::move(policy), std::move(set), clock_);
  };
  CLONE_AUTH_TRY_ASSIGN(JwtVerifier access, make(JwtKind::kAccess));
  CLONE_AUTH_TRY_ASSIGN(JwtVerifier refresh, make(JwtKind::kRefresh));
  auto made = std::make_shared<const Verifiers>(
      Verifiers{std::move(access), std::move(refresh), key.ends_at});
  const std::lock_guard lock(mutex_);
  verifiers_ = std::move(made);
  return Status();
}

std::shared_ptr<const LegacyTokens::Verifiers> LegacyTokens::Current() const {
  const std::lock_guard lock(mutex_);
  const bool over =
      verifiers_ == nullptr || clock_->Now() >= verifiers_->ends_at;
  return over ? nullptr : verifiers_;
}

std::optional<WallTime> LegacyTokens::ends_at() const {
  const auto current = Current();
  if (current == nullptr) return std::nullopt;
  return current->ends_at;
}

// A token says of no session and no generation, so it is good for as long as
// nothing has ended the sessions of its account here.
Result<Account> LegacyTokens::HolderOf(const VerifiedJwt& token) const {
  CLONE_AUTH_TRY_ASSIGN(const std::string source, UserIdIn(token));
  const std::optional<Uuid> user = directory_->imports().UserOf(source);
  if (!user.has_value()) return Status(Reason::kTokenRevoked);
  std::optional<Account> account = directory_->FindAccount(*user);
  if (!account.has_value()) return Status(Reason::kTokenRevoked);
  if (!account->enabled) return Status(Reason::kAccountDisabled);
  if (account->generation != kImportedGeneration) {
    return Status(Reason::kTokenRevoked);
  }
  return *std::move(account);
}

Result<ForeignHolder> LegacyTokens::Check(std::string_view token) const {
  const auto current = Current();
  if (current == nullptr) return Status(Reason::kTokenAlgorithm);
  CLONE_AUTH_TRY_ASSIGN(const VerifiedJwt verified,
                        current->access.Verify(token));
  CLONE_AUTH_TRY_ASSIGN(Account account, HolderOf(verified));
  ForeignHolder holder;
  holder.subject = account.id;
  holder.organization = account.organization;
  holder.role = std::move(account.role);
  holder.scope = kScope;
  holder.expires_at = verified.expires_at();
  return holder;
}

bool LegacyTokens::MayBeRefresh(std::string_view text) const {
  return std::count(text.begin(), text.end(), '.') == 2 && Current() != nullptr;
}

Result<LegacyRefresh> LegacyTokens::ReadRefresh(std::string_view text) const {
  const auto current = Current();
  if (current == nullptr) return Status(Reason::kTokenType);
  const auto verified = current->refresh.Verify(text);
  switch (verified.status().reason()) {
    case Reason::kNone:
      break;
    case Reason::kTokenExpired:
      return Status(Reason::kRefreshExpired);
    case Reason::kTokenType:
    // An access token of ours.
    case Reason::kTokenAlgorithm:
      return Status(Reason::kTokenType);
    default:
      return Status(Reason::kRefreshInvalid);
  }
  const auto account = HolderOf(*verified);
  if (account.status().reason() == Reason::kTokenRevoked) {
    return Status(Reason::kSessionEnded);
  }
  if (!account.ok()) return account.status();
  LegacyRefresh token;
  token.user = account->id;
  token.token = HashOf(verified->jwt_id());
  const WallTime now = RoundedDown(clock_->Now());
  token.expires_at = verified->expires_at();
  token.issued_at = std::min(verified->issued_at().value_or(now), now);
  // The session lives as long as the token, without a tolerance.
  if (token.expires_at <= now) return Status(Reason::kRefreshExpired);
  return token;
}

}  // namespace clone_auth::service
