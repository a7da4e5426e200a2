// Comparisons with a secret, and the digests that are compared.

#include <algorithm>
#include <array>
#include <string>

#include "clone/api_key_digest.h"
#include "clone/api_key_sealer.h"
#include "constant_time/cases.h"
#include "constant_time/poison.h"
#include "crypto/constant_time.h"
#include "crypto/hmac_key.h"

namespace clone_auth::constant_time {
namespace {

const std::string kSecret(64, 's');
constexpr std::string_view kMessage = "header.payload";

template <std::size_t size>
bool Arrays() {
  std::array<std::uint8_t, size> a, b;
  a.fill(7);
  b.fill(7);
  std::array<std::uint8_t, size> other = b;
  other[0] ^= 1;
  Poison(a.data(), size);
  Poison(b.data(), size);
  Poison(other.data(), size);
  return Public(ConstantTimeEquals(a, b)) &&
         !Public(ConstantTimeEquals(a, other));
}

bool Secrets() {
  const Secret a = Poisoned(kSecret);
  const Secret same = Poisoned(kSecret);
  const Secret other = Poisoned("t" + kSecret.substr(1));
  return Public(ConstantTimeEquals(a, same)) &&
         !Public(ConstantTimeEquals(a, other));
}

// The key is a secret, and so is the tag that is expected.
template <Hash hash>
bool HmacVerification() {
  KeyParts parts;
  parts.push_back(Secret::CopyOf(kSecret));
  std::string tag =
      ReadHmacPrivate(hash, parts).value()->Sign(kMessage).value();
  Poison(parts[0].Reveal().data(), parts[0].size());
  const auto key = ReadHmacVerification(hash, parts).value();
  const bool good = Public(key->Verify(kMessage, tag));
  tag[0] = static_cast<char>(tag[0] ^ 1);
  return good && !Public(key->Verify(kMessage, tag));
}

template <Hash hash>
bool HmacSigning() {
  KeyParts parts;
  parts.push_back(Poisoned(kSecret));
  return ReadHmacPrivate(hash, parts).value()->Sign(kMessage).ok();
}

bool ApiKeys() {
  const Secret key = Poisoned("clone_u" + kSecret);
  const ApiKeyDigest stored = DigestApiKey(key.Reveal());
  return Public(ConstantTimeEquals(DigestApiKey(key.Reveal()), stored));
}

bool SealedApiKeys() {
  std::vector<Pepper> peppers(1);
  peppers[0].secret = Poisoned(kSecret);
  const auto sealer = ApiKeySealer::Create(std::move(peppers)).value();
  const Secret key = Poisoned("clone_u" + kSecret);
  ApiKeyRecord record;
  record.digest = DigestApiKey(key.Reveal());
  const SealedApiKey row = sealer.Seal(record);
  return Public(sealer.Open(row, record));
}

}  // namespace

std::vector<Case> CompareCases() {
  return {
      {"32 bytes are compared", Arrays<32>},
      {"48 bytes are compared", Arrays<48>},
      {"64 bytes are compared", Arrays<64>},
      {"two secrets are compared", Secrets},
      {"HS256 verifies", HmacVerification<Hash::kSha256>},
      {"HS384 verifies", HmacVerification<Hash::kSha384>},
      {"HS512 verifies", HmacVerification<Hash::kSha512>},
      {"HS256 signs", HmacSigning<Hash::kSha256>},
      {"HS384 signs", HmacSigning<Hash::kSha384>},
      {"HS512 signs", HmacSigning<Hash::kSha512>},
      {"K02: an API key is hashed and compared", ApiKeys},
      {"a sealed API key is opened", SealedApiKeys, 2},
  };
}

}  // namespace clone_auth::constant_time
