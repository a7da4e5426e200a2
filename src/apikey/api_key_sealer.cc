#include "clone/api_key_sealer.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "crypto/constant_time.h"
#include "crypto/hmac_sha256.h"

namespace clone_auth {
namespace {

constexpr std::size_t kMinPepperSize = 32;

using Bytes32 = std::array<std::uint8_t, 32>;

std::string_view View(const Bytes32& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Keys of their own for each use. No label is a key of any scheme, whose
// prefix ends with '_' and holds no '-', so none is an older digest either.
HmacSha256 Derive(const HmacSha256& pepper, std::string_view label) {
  Bytes32 key = pepper.Digest(label);
  HmacSha256 derived(View(key));
  WipeBytes(key.data(), key.size());
  return derived;
}

// SIV (Rogaway and Shrimpton, 2006) with HMAC-SHA-256 in both of its places:
// the index is a PRF of the digest, the mask a PRF of the index. So sealing is
// deterministic and shows nothing but which digests are the same.
struct KeyedPepper {
  KeyedPepper(std::uint32_t number, std::string_view secret)
      : id(number),
        older(secret),
        index(Derive(older, "clone-auth api-key index")),
        mask(Derive(older, "clone-auth api-key mask")),
        row(Derive(older, "clone-auth api-key row")) {}

  Bytes32 Masked(const Bytes32& digest, const Bytes32& at) const {
    Bytes32 masked = mask.Digest(View(at));
    for (std::size_t i = 0; i < masked.size(); ++i) masked[i] ^= digest[i];
    return masked;
  }

  std::uint32_t id;
  HmacSha256 older;
  HmacSha256 index;
  HmacSha256 mask;
  HmacSha256 row;
};

// The text of a row that its MAC is over: each part of a fixed size or behind
// its size, so that no two rows share one.
class RowText {
 public:
  RowText(const SealedApiKey& row, const ApiKeyRecord& record,
          std::string_view also) {
    constexpr std::size_t kUsualSize = 256;
    text_.reserve(kUsualSize);
    text_.append(View(row.index)).append(View(row.masked));
    Append(record.id);
    Append(record.owner);
    Append(record.organization);
    text_.push_back(static_cast<char>(record.scope));
    Append(record.expires_at);
    Append(record.revoked_at);
    AppendSized(also);
    if (record.permissions == nullptr) return;
    for (const std::string& name : *record.permissions) AppendSized(name);
  }

  std::string_view text() const { return text_; }

 private:
  void Append(const Uuid& id) {
    text_.append(reinterpret_cast<const char*>(id.bytes.data()),
                 id.bytes.size());
  }
  void Append(std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      text_.push_back(static_cast<char>(number >> shift));
    }
  }
  void Append(const std::optional<WallTime>& time) {
    text_.push_back(time.has_value() ? 1 : 0);
    Append(time.has_value()
               ? static_cast<std::uint64_t>(
                     std::chrono::duration_cast<std::chrono::microseconds>(
                         time->time_since_epoch())
                         .count())
               : 0);
  }
  void AppendSized(std::string_view part) {
    Append(static_cast<std::uint64_t>(part.size()));
    text_.append(part);
  }

  std::string text_;
};

Bytes32 MacOf(const KeyedPepper& pepper, const SealedApiKey& row,
              const ApiKeyRecord& record, std::string_view also) {
  return pepper.row.Digest(RowText(row, record, also).text());
}

}  // namespace

struct ApiKeySealer::Impl {
  const KeyedPepper* Find(std::uint32_t id) const {
    const auto found = std::find_if(
        peppers.begin(), peppers.end(),
        [&](const KeyedPepper& pepper) { return pepper.id == id; });
    return found == peppers.end() ? nullptr : &*found;
  }
  std::vector<KeyedPepper> peppers;
};

Result<ApiKeySealer> ApiKeySealer::Create(std::vector<Pepper> peppers) {
  if (peppers.empty()) {
    return Status(Reason::kInvalidArgument, "no pepper");
  }
  auto impl = std::make_unique<Impl>();
  impl->peppers.reserve(peppers.size());
  for (const Pepper& pepper : peppers) {
    if (pepper.secret.size() < kMinPepperSize) {
      return Status(Reason::kKeyWeak, "a pepper has fewer than 32 bytes");
    }
    if (impl->Find(pepper.id) != nullptr) {
      return Status(Reason::kInvalidArgument, "two peppers with one id");
    }
    impl->peppers.emplace_back(pepper.id, pepper.secret.Reveal());
  }
  return ApiKeySealer(std::move(impl));
}

ApiKeySealer::ApiKeySealer(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
ApiKeySealer::ApiKeySealer(ApiKeySealer&&) noexcept = default;
ApiKeySealer& ApiKeySealer::operator=(ApiKeySealer&&) noexcept = default;
ApiKeySealer::~ApiKeySealer() = default;

std::size_t ApiKeySealer::pepper_count() const { return impl_->peppers.size(); }

std::uint32_t ApiKeySealer::pepper_id(std::size_t index) const {
  return impl_->peppers[index].id;
}

bool ApiKeySealer::Has(std::uint32_t pepper_id) const {
  return impl_->Find(pepper_id) != nullptr;
}

Bytes32 ApiKeySealer::IndexOf(const ApiKeyDigest& digest,
                              std::size_t number) const {
  return impl_->peppers[number].index.Digest(View(digest));
}

SealedApiKey ApiKeySealer::Seal(const ApiKeyRecord& record,
                                std::string_view also) const {
  const KeyedPepper& pepper = impl_->peppers.front();
  SealedApiKey row;
  row.pepper_id = pepper.id;
  row.index = pepper.index.Digest(View(record.digest));
  row.masked = pepper.Masked(record.digest, row.index);
  row.mac = MacOf(pepper, row, record, also);
  return row;
}

bool ApiKeySealer::Open(const SealedApiKey& row, ApiKeyRecord& record,
                        std::string_view also) const {
  if (!Holds(row, record, also)) return false;
  const KeyedPepper& pepper = *impl_->Find(row.pepper_id);
  const ApiKeyDigest digest = pepper.Masked(row.masked, row.index);
  // SIV's own check. The MAC has vouched for both parts already, but whoever
  // takes the one away must not lose the other.
  if (!ConstantTimeEquals(pepper.index.Digest(View(digest)), row.index)) {
    return false;
  }
  record.digest = digest;
  return true;
}

bool ApiKeySealer::Holds(const SealedApiKey& row, const ApiKeyRecord& record,
                         std::string_view also) const {
  const KeyedPepper* pepper = impl_->Find(row.pepper_id);
  return pepper != nullptr &&
         ConstantTimeEquals(MacOf(*pepper, row, record, also), row.mac);
}

std::optional<ApiKeyDigest> ApiKeySealer::OlderDigest(
    std::string_view key, std::uint32_t pepper_id) const {
  const KeyedPepper* pepper = impl_->Find(pepper_id);
  if (pepper == nullptr) return std::nullopt;
  return pepper->older.Digest(key);
}

}  // namespace clone_auth
