#include "clone/authenticator.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "auth/presented.h"
#include "base/macros.h"
#include "base/words.h"
#include "jwt/token_cache.h"

namespace clone_auth {
namespace {

/// What a credential is by its shape and its place.
enum class Kind : std::uint8_t { kKey, kForeignKey, kToken };

constexpr std::array<std::string_view, 4> kRoles = {"owner", "admin", "member",
                                                    "viewer"};

// What only a token that was exchanged for an API key has.
constexpr std::string_view kKeyScopeClaim = "key_scope";

bool LooksLikeJwt(std::string_view text) {
  return std::count(text.begin(), text.end(), '.') == 2;
}

Status BadClaim(std::string_view name) {
  return Status(Reason::kTokenClaim,
                "claim '" + std::string(name) + "' is missing or malformed");
}

Result<Uuid> UuidOf(std::string_view name, std::string_view text) {
  auto uuid = Uuid::Parse(text);
  if (!uuid.ok()) return BadClaim(name);
  return uuid;
}

/// A claim that may be absent, but is a string where it is there.
Result<std::string> TextClaim(const VerifiedJwt& token, std::string_view name) {
  const auto claim = token.Claim(name);
  if (!claim.has_value()) return std::string();
  if (claim->AsString() == nullptr) return BadClaim(name);
  return *claim->AsString();
}

Result<Uuid> UuidClaim(const VerifiedJwt& token, std::string_view name) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const std::string text, TextClaim(token, name));
  return UuidOf(name, text);
}

Result<ApiKeyScope> KeyScopeClaim(const VerifiedJwt& token) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const std::string text,
                              TextClaim(token, kKeyScopeClaim));
  if (text == "user") return ApiKeyScope::kUser;
  if (text == "org") return ApiKeyScope::kOrganization;
  return BadClaim(kKeyScopeClaim);
}

}  // namespace

/// Whom a token stands for, and of which generation it is.
struct Authenticator::TokenHolder {
  Principal principal;
  std::int64_t generation = 0;
};

/// The one credential of a request.
struct Authenticator::Reading {
  Kind kind;
  std::string_view text;
};

struct Authenticator::Cache {
  std::unique_ptr<TokenCache<TokenHolder>> tokens;
};

bool Principal::HasPermission(std::string_view name) const {
  if (kind_ == CredentialKind::kBearer) return HasWord(*scope_words_, name);
  return std::find(permissions_->begin(), permissions_->end(), name) !=
         permissions_->end();
}

std::vector<std::string_view> Principal::Permissions() const {
  std::vector<std::string_view> names;
  if (kind_ == CredentialKind::kBearer) {
    AnyWord(*scope_words_, [&names](std::string_view word) {
      names.push_back(word);
      return false;
    });
  } else {
    names.assign(permissions_->begin(), permissions_->end());
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Status AccessState::CheckExchangedToken(const Uuid&, const Uuid&,
                                        std::int64_t) const {
  return Status(Reason::kTokenRevoked);
}

Result<Authenticator> Authenticator::Create(AuthenticatorOptions options) {
  CLONE_AUTH_RETURN_IF_ERROR(options.scheme.Validate());
  if (options.access == nullptr) {
    return Status(Reason::kInvalidArgument, "no access state");
  }
  if (options.tokens == nullptr && options.keys == nullptr) {
    return Status(Reason::kInvalidArgument, "no verifier");
  }
  if (options.keys != nullptr && !(options.keys->scheme() == options.scheme)) {
    return Status(Reason::kInvalidArgument,
                  "the key verifier is of another scheme");
  }
  CLONE_AUTH_RETURN_IF_ERROR(CheckForeignKeys(options.foreign_keys));
  const std::string& realm = options.realm;
  if (!std::all_of(realm.begin(), realm.end(),
                   [](char c) { return c == ' ' || IsVisible(c); })) {
    return Status(Reason::kInvalidArgument, "the realm is not printable ASCII");
  }
  Authenticator authenticator(std::move(options));
  if (authenticator.options_.token_cache.has_value()) {
    CLONE_AUTH_ASSIGN_OR_RETURN(
        auto tokens,
        TokenCache<TokenHolder>::Create(authenticator.options_.tokens,
                                        *authenticator.options_.token_cache));
    authenticator.cache_ =
        std::make_shared<const Cache>(Cache{std::move(tokens)});
  }
  return authenticator;
}

bool Authenticator::IsForeignKey(std::string_view text) const {
  const auto& prefixes = options_.foreign_keys.bearer_prefixes;
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [text](const std::string& prefix) {
                       return text.substr(0, prefix.size()) == prefix;
                     });
}

Result<Authenticator::Reading> Authenticator::Read(
    const HttpHeaders& headers) const {
  const Presented presented = Collect(headers, options_);
  if (presented.count == 0) return Status(Reason::kCredentialMissing);
  if (presented.count > 1) return Status(Reason::kMultipleCredentials);

  std::string_view text = presented.text;
  if (presented.place == Place::kKeyHeader) {
    if (text.empty()) return Status(Reason::kCredentialMissing);
    const bool foreign = options_.foreign_keys.key_header &&
                         !options_.scheme.Matches(text) && !LooksLikeJwt(text);
    return Reading{foreign ? Kind::kForeignKey : Kind::kKey, text};
  }
  if (presented.place == Place::kDpop) {
    return Status(Reason::kCredentialMalformed,
                  "the DPoP scheme is not supported");
  }
  if (text.size() < 2 || text.front() != ' ' ||
      !std::all_of(text.begin() + 1, text.end(), IsVisible)) {
    return Status(
        Reason::kCredentialMalformed,
        presented.place == Place::kForeign
            ? "after the scheme's name stand one blank and the credential"
            : "after 'Bearer' stand one blank and the credential");
  }
  text.remove_prefix(1);
  if (options_.scheme.Matches(text)) return Reading{Kind::kKey, text};
  const bool foreign = presented.place == Place::kForeign || IsForeignKey(text);
  return Reading{foreign ? Kind::kForeignKey : Kind::kToken, text};
}

Result<Principal> Authenticator::Authenticate(
    const HttpHeaders& headers) const {
  CLONE_AUTH_ASSIGN_OR_RETURN(const Reading reading, Read(headers));
  return reading.kind == Kind::kToken ? AuthenticateToken(reading.text)
                                      : AuthenticateKey(reading);
}

std::string_view Authenticator::KeyIn(const HttpHeaders& headers) const {
  const auto reading = Read(headers);
  return reading.ok() && reading->kind != Kind::kToken ? reading->text
                                                       : std::string_view();
}

Result<Principal> Authenticator::AuthenticateKey(const Reading& reading) const {
  if (options_.keys == nullptr) return Status(Reason::kKeyUnknown);
  CLONE_AUTH_ASSIGN_OR_RETURN(const VerifiedApiKey key,
                              reading.kind == Kind::kKey
                                  ? options_.keys->Verify(reading.text)
                                  : options_.keys->VerifyForeign(reading.text));
  CLONE_AUTH_RETURN_IF_ERROR(options_.access->CheckKey(key));
  Principal principal;
  principal.kind_ = CredentialKind::kApiKey;
  principal.scope_ = key.scope();
  principal.subject_ = key.owner();
  principal.organization_ = key.organization();
  principal.key_id_ = key.id();
  principal.expires_at_ = key.expires_at();
  principal.permissions_ = &key.permissions();
  return principal;
}

Result<Principal> Authenticator::AuthenticateToken(
    std::string_view text) const {
  if (options_.tokens == nullptr) return Status(Reason::kTokenKeyUnknown);
  const TokenHolder* known =
      cache_ == nullptr ? nullptr : cache_->tokens->Find(text);
  if (known == nullptr) return VerifyToken(text);
  // A copy, because the access state is the caller's code.
  const std::int64_t generation = known->generation;
  Principal principal = known->principal;
  CLONE_AUTH_RETURN_IF_ERROR(CheckAccess(principal, generation));
  return principal;
}

Result<Principal> Authenticator::VerifyToken(std::string_view text) const {
  JwtBasis basis;
  Result<VerifiedJwt> token = cache_ == nullptr
                                  ? options_.tokens->Verify(text)
                                  : cache_->tokens->Verify(text, &basis);
  if (token.status().reason() == Reason::kTokenAlgorithm &&
      options_.foreign_tokens != nullptr) {
    return AskForeign(text);
  }
  if (!token.ok()) return std::move(token).status();
  CLONE_AUTH_ASSIGN_OR_RETURN(TokenHolder holder, ReadHolder(*token));
  CLONE_AUTH_RETURN_IF_ERROR(CheckAccess(holder.principal, holder.generation));
  Principal principal = holder.principal;
  if (cache_ != nullptr) cache_->tokens->Add(text, basis, std::move(holder));
  return principal;
}

Result<Principal> Authenticator::AskForeign(std::string_view text) const {
  CLONE_AUTH_ASSIGN_OR_RETURN(ForeignHolder holder,
                              options_.foreign_tokens->Check(text));
  Principal principal;
  principal.subject_ = holder.subject;
  principal.organization_ = holder.organization;
  principal.role_ = std::move(holder.role);
  principal.scope_words_ =
      std::make_shared<const std::string>(std::move(holder.scope));
  principal.expires_at_ = holder.expires_at;
  return principal;
}

Status Authenticator::CheckAccess(const Principal& principal,
                                  std::int64_t generation) const {
  return principal.acts_by_key()
             ? options_.access->CheckExchangedToken(
                   principal.subject_, principal.key_id_, generation)
             : options_.access->CheckToken(principal.subject_,
                                           principal.session_, generation);
}

Result<Authenticator::TokenHolder> Authenticator::ReadHolder(
    const VerifiedJwt& token) {
  TokenHolder holder;
  Principal& principal = holder.principal;
  principal.kind_ = CredentialKind::kBearer;
  principal.expires_at_ = token.expires_at();
  CLONE_AUTH_ASSIGN_OR_RETURN(principal.subject_,
                              UuidOf("sub", token.subject()));
  const bool exchanged = token.Claim(kKeyScopeClaim).has_value();
  CLONE_AUTH_ASSIGN_OR_RETURN(
      (exchanged ? principal.key_id_ : principal.session_),
      UuidClaim(token, "sid"));
  if (exchanged) {
    if (principal.key_id_.IsNil()) return BadClaim("sid");
    CLONE_AUTH_ASSIGN_OR_RETURN(principal.scope_, KeyScopeClaim(token));
  }
  if (token.Claim("org").has_value()) {
    CLONE_AUTH_ASSIGN_OR_RETURN(principal.organization_,
                                UuidClaim(token, "org"));
  }
  CLONE_AUTH_ASSIGN_OR_RETURN(principal.role_, TextClaim(token, "role"));
  const bool known_role =
      principal.role_.empty() ||
      (!exchanged && std::find(kRoles.begin(), kRoles.end(), principal.role_) !=
                         kRoles.end());
  if (!known_role) return BadClaim("role");
  CLONE_AUTH_ASSIGN_OR_RETURN(std::string scope, TextClaim(token, "scope"));
  principal.scope_words_ =
      std::make_shared<const std::string>(std::move(scope));
  const auto generation = token.Claim("gen");
  if (!generation.has_value() || generation->AsInt() == nullptr) {
    return BadClaim("gen");
  }
  holder.generation = *generation->AsInt();
  return holder;
}

}  // namespace clone_auth
