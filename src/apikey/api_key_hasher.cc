#include "clone/api_key_hasher.h"

#include <utility>

#include "crypto/hmac_sha256.h"

namespace clone_auth {
namespace {

constexpr std::size_t kMinPepperSize = 32;

struct KeyedPepper {
  std::uint32_t id;
  HmacSha256 hmac;
};

}  // namespace

struct ApiKeyHasher::Impl {
  std::vector<KeyedPepper> peppers;
};

Result<ApiKeyHasher> ApiKeyHasher::Create(std::vector<Pepper> peppers) {
  if (peppers.empty()) {
    return Status(Reason::kInvalidArgument, "no pepper");
  }
  auto impl = std::make_unique<Impl>();
  impl->peppers.reserve(peppers.size());
  for (const Pepper& pepper : peppers) {
    if (pepper.secret.size() < kMinPepperSize) {
      return Status(Reason::kKeyWeak, "a pepper has fewer than 32 bytes");
    }
    for (const KeyedPepper& earlier : impl->peppers) {
      if (earlier.id == pepper.id) {
        return Status(Reason::kInvalidArgument, "two peppers with one id");
      }
    }
    impl->peppers.push_back({pepper.id, HmacSha256(pepper.secret.Reveal())});
  }
  return ApiKeyHasher(std::move(impl));
}

ApiKeyHasher::ApiKeyHasher(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
ApiKeyHasher::ApiKeyHasher(ApiKeyHasher&&) noexcept = default;
ApiKeyHasher& ApiKeyHasher::operator=(ApiKeyHasher&&) noexcept = default;
ApiKeyHasher::~ApiKeyHasher() = default;

ApiKeyDigest ApiKeyHasher::Digest(std::string_view key,
                                  std::size_t index) const {
  return impl_->peppers[index].hmac.Digest(key);
}

std::size_t ApiKeyHasher::pepper_count() const { return impl_->peppers.size(); }

std::uint32_t ApiKeyHasher::pepper_id(std::size_t index) const {
  return impl_->peppers[index].id;
}

}  // namespace clone_auth
