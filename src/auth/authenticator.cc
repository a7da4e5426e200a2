#include "clone/authenticator.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/macros.h"
#include "jwt/token_cache.h"

namespace clone_auth {
namespace {

enum class Place : std::uint8_t { kKeyHeader, kBearer, kDpop };

struct AuthScheme {
  std::string_view name;
  Place place;
};

// Schemes of Authorization that count as credentials of ours. Any other, such
// as a proxy's Basic, is somebody else's affair.
constexpr std::array kAuthSchemes = {
    AuthScheme{"Bearer", Place::kBearer},
    AuthScheme{"DPoP", Place::kDpop},
};

constexpr std::array<std::string_view, 4> kRoles = {"owner", "admin", "member",
                                                    "viewer"};

// What only a token that was exchanged for an API key has.
constexpr std::string_view kKeyScopeClaim = "key_scope";

/// The credentials of a request: how many, and the last of them.
struct Presented {
  std::size_t count = 0;
  Place place = Place::kKeyHeader;
  /// What the key header holds, or what follows the scheme's name.
  std::string_view text;

  void Add(Place where, std::string_view what) {
    ++count;
    place = where;
    text = what;
  }
};

constexpr bool IsBlank(char c) { return c == ' ' || c == '\t'; }
constexpr bool IsVisible(char c) { return c > ' ' && c <= '~'; }

bool IsSchemeChar(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
         (c >= 'a' && c <= 'z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// Blanks around a field's value are not part of it (RFC 9110 section 5.5).
std::string_view WithoutOuterBlanks(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

void AddAuthorization(std::string_view value, Presented& presented) {
  const auto end = std::find_if_not(value.begin(), value.end(), IsSchemeChar);
  const auto size = static_cast<std::size_t>(end - value.begin());
  for (const AuthScheme& scheme : kAuthSchemes) {
    if (EqualsIgnoreAsciiCase(value.substr(0, size), scheme.name)) {
      presented.Add(scheme.place, value.substr(size));
    }
  }
}

Presented Collect(const HttpHeaders& headers, std::string_view key_header) {
  Presented presented;
  for (const HttpHeader& field : headers) {
    if (EqualsIgnoreAsciiCase(field.name, key_header)) {
      presented.Add(Place::kKeyHeader, WithoutOuterBlanks(field.value));
    } else if (EqualsIgnoreAsciiCase(field.name, "Authorization")) {
      AddAuthorization(WithoutOuterBlanks(field.value), presented);
    }
  }
  return presented;
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

/// Calls `use` with each word between blanks until it returns true; false
/// where it never does.
template <typename Use>
bool AnyWord(std::string_view words, Use use) {
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    if (!word.empty() && use(word)) return true;
    words.remove_prefix(std::min(word.size() + 1, words.size()));
  }
  return false;
}

bool HasWord(std::string_view words, std::string_view wanted) {
  return AnyWord(words,
                 [wanted](std::string_view word) { return word == wanted; });
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

Result<Principal> Authenticator::Authenticate(
    const HttpHeaders& headers) const {
  const Presented presented = Collect(headers, options_.scheme.header);
  if (presented.count == 0) return Status(Reason::kCredentialMissing);
  if (presented.count > 1) return Status(Reason::kMultipleCredentials);

  std::string_view text = presented.text;
  if (presented.place == Place::kKeyHeader) {
    if (text.empty()) return Status(Reason::kCredentialMissing);
    return AuthenticateKey(text);
  }
  if (presented.place == Place::kDpop) {
    return Status(Reason::kCredentialMalformed,
                  "the DPoP scheme is not supported");
  }
  if (text.size() < 2 || text.front() != ' ' ||
      !std::all_of(text.begin() + 1, text.end(), IsVisible)) {
    return Status(Reason::kCredentialMalformed,
                  "after 'Bearer' stand one blank and the credential");
  }
  text.remove_prefix(1);
  return options_.scheme.Matches(text) ? AuthenticateKey(text)
                                       : AuthenticateToken(text);
}

Result<Principal> Authenticator::AuthenticateKey(std::string_view text) const {
  if (options_.keys == nullptr) return Status(Reason::kKeyUnknown);
  CLONE_AUTH_ASSIGN_OR_RETURN(const VerifiedApiKey key,
                              options_.keys->Verify(text));
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
  if (!token.ok()) return std::move(token).status();
  CLONE_AUTH_ASSIGN_OR_RETURN(TokenHolder holder, ReadHolder(*token));
  CLONE_AUTH_RETURN_IF_ERROR(CheckAccess(holder.principal, holder.generation));
  Principal principal = holder.principal;
  if (cache_ != nullptr) cache_->tokens->Add(text, basis, std::move(holder));
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
