#include "service/refusal_id.h"

#include <sodium.h>

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "service/base64.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

struct Sentence {
  RefusalDetail detail;
  std::string_view text;
};

constexpr std::array kSentences = {
    Sentence{RefusalDetail::kNoSuchAccount,
             "No account has the email address that was given."},
    Sentence{RefusalDetail::kWrongPassword,
             "The account exists; the password was wrong."},
    Sentence{RefusalDetail::kAccountDisabled, "The account is disabled."},
    Sentence{RefusalDetail::kPasswordJustChanged,
             "The password was right, but was changed, or the account "
             "disabled, while the sign-in was at work."},
    Sentence{RefusalDetail::kSessionNotOpen,
             "The token's session is not open: it was signed out, ended "
             "because a refresh token was used twice, or has expired."},
    Sentence{RefusalDetail::kGenerationPassed,
             "The token was made before the account's password was changed or "
             "the account disabled."},
    Sentence{RefusalDetail::kSubjectUnknown,
             "The token is ours, but its account is not in this database."},
    Sentence{RefusalDetail::kChecksumWrong,
             "The key's checksum is wrong: it was mistyped, cut or made up."},
    Sentence{RefusalDetail::kNeverIssued,
             "The key's checksum is right, but no such key was ever issued "
             "here: it is another service's, or altered by someone who knows "
             "the form."},
    Sentence{RefusalDetail::kOlderFormUnknown,
             "The key has the form of older keys, and none of them is it."},
    Sentence{RefusalDetail::kRefreshForged,
             "The refresh token was not made with this service's key: it was "
             "altered, or made before the database was restored."},
    Sentence{RefusalDetail::kRefreshUnknown,
             "The refresh token is ours, but its session is not in this "
             "database: it expired long ago."},
};

// when, word, detail, subject, id.
constexpr std::size_t kPlainSize = 8 + 2 + 1 + 1 + 16;
constexpr std::size_t kNonceSize = crypto_aead_chacha20poly1305_IETF_NPUBBYTES;
constexpr std::size_t kTagSize = crypto_aead_chacha20poly1305_IETF_ABYTES;
using Plain = std::array<std::uint8_t, kPlainSize>;
using Sealed = std::array<std::uint8_t, kNonceSize + kPlainSize + kTagSize>;

// The place of a reason in its table may be another in the next version; its
// word stays. No two words have the same number, which a test sees to.
std::uint16_t NumberOf(Reason reason) {
  std::uint32_t hash = 2166136261U;  // FNV-1a
  for (const char c : clone_auth::Describe(reason).word) {
    hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619U;
  }
  return static_cast<std::uint16_t>(hash >> 16 ^ hash);
}

Reason ReasonOf(std::uint16_t number) {
  for (std::size_t i = 0; i <= static_cast<std::size_t>(Reason::kInternal);
       ++i) {
    const auto reason = static_cast<Reason>(i);
    if (NumberOf(reason) == number) return reason;
  }
  return Reason::kNone;
}

void Put(std::uint64_t value, std::uint8_t* bytes, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::uint8_t>(value >> 8 * (size - 1 - i));
  }
}

std::uint64_t Get(const std::uint8_t* bytes, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes[i];
  return value;
}

Plain Pack(const Refusal& refusal) {
  using std::chrono::milliseconds;
  const auto when =
      std::chrono::duration_cast<milliseconds>(refusal.when.time_since_epoch());
  Plain plain{};
  Put(static_cast<std::uint64_t>(when.count()), plain.data(), 8);
  Put(NumberOf(refusal.reason), plain.data() + 8, 2);
  plain[10] = static_cast<std::uint8_t>(refusal.detail);
  plain[11] = static_cast<std::uint8_t>(refusal.subject);
  std::copy(refusal.id.bytes.begin(), refusal.id.bytes.end(),
            plain.begin() + 12);
  return plain;
}

Refusal Unpack(const Plain& plain) {
  Refusal refusal;
  refusal.when = WallTime(std::chrono::milliseconds(
      static_cast<std::int64_t>(Get(plain.data(), 8))));
  refusal.reason =
      ReasonOf(static_cast<std::uint16_t>(Get(plain.data() + 8, 2)));
  refusal.detail = static_cast<RefusalDetail>(plain[10]);
  refusal.subject = static_cast<RefusalSubject>(plain[11]);
  std::copy(plain.begin() + 12, plain.end(), refusal.id.bytes.begin());
  return refusal;
}

const unsigned char* BytesOf(const Secret& key) {
  return reinterpret_cast<const unsigned char*>(key.Reveal().data());
}

}  // namespace

std::string_view Describe(RefusalDetail detail) {
  for (const Sentence& sentence : kSentences) {
    if (sentence.detail == detail) return sentence.text;
  }
  return {};
}

RefusalIds::RefusalIds(const Secret& master)
    : key_(Secret::OfSize(crypto_aead_chacha20poly1305_IETF_KEYBYTES)) {
  static_assert(crypto_kdf_KEYBYTES == 32);
  crypto_kdf_derive_from_key(
      reinterpret_cast<unsigned char*>(key_.MutableBytes()), key_.size(), 1,
      "refusals", BytesOf(master));
}

Result<std::string> RefusalIds::Seal(const Refusal& refusal,
                                     RandomSource& random) const {
  Sealed sealed{};
  CLONE_AUTH_TRY(random.Fill(sealed.data(), kNonceSize));
  const Plain plain = Pack(refusal);
  crypto_aead_chacha20poly1305_ietf_encrypt(
      sealed.data() + kNonceSize, nullptr, plain.data(), plain.size(), nullptr,
      0, nullptr, sealed.data(), BytesOf(key_));
  return ToBase64Url(sealed.data(), sealed.size());
}

Result<Refusal> RefusalIds::Open(std::string_view id) const {
  Sealed sealed{};
  Plain plain{};
  if (!FromBase64Url(id, sealed.data(), sealed.size()) ||
      crypto_aead_chacha20poly1305_ietf_decrypt(
          plain.data(), nullptr, nullptr, sealed.data() + kNonceSize,
          sealed.size() - kNonceSize, nullptr, 0, sealed.data(),
          BytesOf(key_)) != 0) {
    return Status(Reason::kNotFound,
                  "This is no refusal id of this service, or was made before "
                  "its database was restored.");
  }
  return Unpack(plain);
}

}  // namespace clone_auth::service
