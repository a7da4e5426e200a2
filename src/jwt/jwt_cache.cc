#include "clone/jwt_cache.h"

#include <utility>

#include "base/macros.h"
#include "jwt/token_cache.h"

namespace clone_auth {

struct JwtCache::Impl {
  std::unique_ptr<TokenCache<VerifiedJwt>> tokens;
};

JwtCache::JwtCache(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
JwtCache::JwtCache(JwtCache&&) noexcept = default;
JwtCache& JwtCache::operator=(JwtCache&&) noexcept = default;
JwtCache::~JwtCache() = default;

Result<JwtCache> JwtCache::Create(const JwtVerifier* verifier,
                                  const JwtCacheOptions& options) {
  CLONE_AUTH_ASSIGN_OR_RETURN(
      auto tokens, TokenCache<VerifiedJwt>::Create(verifier, options));
  return JwtCache(std::make_unique<const Impl>(Impl{std::move(tokens)}));
}

Result<const VerifiedJwt*> JwtCache::Verify(std::string_view token) const {
  if (const VerifiedJwt* known = impl_->tokens->Find(token)) return known;
  JwtBasis basis;
  CLONE_AUTH_ASSIGN_OR_RETURN(VerifiedJwt jwt,
                              impl_->tokens->Verify(token, &basis));
  if (const VerifiedJwt* kept =
          impl_->tokens->Add(token, basis, std::move(jwt))) {
    return kept;
  }
  // Where it is not remembered, the thread still has to keep it for a while.
  static thread_local std::optional<VerifiedJwt> last;
  last = std::move(jwt);
  return &*last;
}

}  // namespace clone_auth
