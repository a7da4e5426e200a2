#include "crypto/rsa_numbers.h"

#include <array>
#include <string>
#include <utility>

#include "base/macros.h"
#include "crypto/openssl.h"

namespace clone_auth {
namespace {

constexpr int kMinBits = 2048;
constexpr int kMaxBits = 8192;
constexpr int kMaxExponentBits = 64;
constexpr BN_ULONG kLeastExponent = 65537;

Status Malformed(std::string message) {
  return Status(Reason::kKeySetMalformed, std::move(message));
}

SecretBignum ToNumber(const Secret& part) {
  const std::string_view bytes = part.Reveal();
  return SecretBignum(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                static_cast<int>(bytes.size()), nullptr));
}

// RFC 7518 section 2: as few bytes as the number takes.
bool IsMinimal(const Secret& part) {
  return !part.empty() && part.Reveal().front() != '\0';
}

// True if `residue` is a power of 65537 modulo `prime`.
bool IsPowerOfExponent(BN_ULONG residue, BN_ULONG prime) {
  BN_ULONG power = 1;
  do {
    if (power == residue) return true;
    power = power * kLeastExponent % prime;
  } while (power != 1);
  return false;
}

// CVE-2017-15361: what one maker's chips generated can be factored, and is
// known by its remainders, which in a sound key are of that kind once in 2^27.
bool IsOfTheWeakChips(const BIGNUM* n) {
  constexpr std::array<BN_ULONG, 38> kPrimes = {
      3,   5,   7,   11,  13,  17,  19,  23,  29,  31,  37,  41,  43,
      47,  53,  59,  61,  67,  71,  73,  79,  83,  89,  97,  101, 103,
      107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
  for (const BN_ULONG prime : kPrimes) {
    if (!IsPowerOfExponent(BN_mod_word(n, prime), prime)) return false;
  }
  return true;
}

// Arithmetic that fails as a whole where one step does.
class Numbers {
 public:
  explicit Numbers(const KeyParts& parts) : context_(BN_CTX_secure_new()) {
    for (std::size_t i = 0; i < kRsaParts; ++i) {
      numbers_[i] = ToNumber(parts[i]);
      ok_ = ok_ && context_ != nullptr && numbers_[i] != nullptr;
      if (ok_) BN_set_flags(numbers_[i].get(), BN_FLG_CONSTTIME);
    }
    if (ok_) {
      before_p_ = Predecessor(kRsaP);
      before_q_ = Predecessor(kRsaQ);
    }
  }

  // p * q = n, with both odd and above 1.
  bool FactorsBelong() const {
    if (!ok_ || !IsOddAndAboveOne(kRsaP) || !IsOddAndAboveOne(kRsaQ)) {
      return false;
    }
    const SecretBignum product(BN_new());
    return product != nullptr &&
           BN_mul(product.get(), At(kRsaP), At(kRsaQ), context_.get()) == 1 &&
           BN_cmp(product.get(), At(kRsaN)) == 0;
  }

  // dp = d mod (p-1), dq = d mod (q-1), and both undo e.
  bool ExponentsBelong() const {
    return ExponentBelongs(kRsaDp, before_p_.get()) &&
           ExponentBelongs(kRsaDq, before_q_.get()) &&
           BN_cmp(At(kRsaD), At(kRsaN)) < 0;
  }

  // qi * q = 1 mod p.
  bool CoefficientBelongs() const {
    return BN_cmp(At(kRsaQi), At(kRsaP)) < 0 &&
           IsInverse(At(kRsaQi), At(kRsaQ), At(kRsaP));
  }

 private:
  const BIGNUM* At(std::size_t part) const { return numbers_[part].get(); }

  bool IsOddAndAboveOne(std::size_t part) const {
    return BN_is_odd(At(part)) == 1 && BN_is_one(At(part)) == 0;
  }

  SecretBignum Predecessor(std::size_t part) {
    SecretBignum number(BN_dup(At(part)));
    ok_ = ok_ && number != nullptr && BN_sub_word(number.get(), 1) == 1;
    return number;
  }

  bool IsInverse(const BIGNUM* a, const BIGNUM* b,
                 const BIGNUM* modulus) const {
    const SecretBignum product(BN_new());
    return product != nullptr &&
           BN_mod_mul(product.get(), a, b, modulus, context_.get()) == 1 &&
           BN_is_one(product.get()) == 1;
  }

  bool ExponentBelongs(std::size_t part, const BIGNUM* modulus) const {
    const SecretBignum rest(BN_new());
    return rest != nullptr &&
           BN_nnmod(rest.get(), At(kRsaD), modulus, context_.get()) == 1 &&
           BN_cmp(rest.get(), At(part)) == 0 &&
           IsInverse(At(part), At(kRsaE), modulus);
  }

  std::unique_ptr<BN_CTX, OpensslDeleter<BN_CTX_free>> context_;
  std::array<SecretBignum, kRsaParts> numbers_;
  SecretBignum before_p_;
  SecretBignum before_q_;
  bool ok_ = true;
};

Status CheckExponent(const Secret& part) {
  const SecretBignum e = ToNumber(part);
  if (e == nullptr || BN_num_bits(e.get()) > kMaxExponentBits ||
      BN_is_odd(e.get()) == 0) {
    return Malformed("'e' is no public exponent");
  }
  if (BN_num_bits(e.get()) < BN_num_bits_word(kLeastExponent)) {
    return Status(Reason::kKeyWeak, "'e' is at least 65537");
  }
  return Status();
}

}  // namespace

Status CheckRsaPublic(const KeyParts& parts) {
  if (!IsMinimal(parts[kRsaN]) || !IsMinimal(parts[kRsaE])) {
    return Malformed("'n' and 'e' begin with their first byte that is not 0");
  }
  if (parts[kRsaN].size() > kMaxBits / 8) {
    return Malformed("'n' has at most 8192 bits");
  }
  const ErrorQueueGuard guard;
  const SecretBignum n = ToNumber(parts[kRsaN]);
  if (n == nullptr) return Status(Reason::kInternal);
  if (BN_num_bits(n.get()) < kMinBits) {
    return Status(Reason::kKeyWeak, "'n' has at least 2048 bits");
  }
  if (BN_is_odd(n.get()) == 0) return Malformed("'n' is no product of primes");
  CLONE_AUTH_RETURN_IF_ERROR(CheckExponent(parts[kRsaE]));
  if (IsOfTheWeakChips(n.get())) {
    return Status(Reason::kKeyWeak,
                  "'n' is of the kind that CVE-2017-15361 breaks");
  }
  return Status();
}

Status CheckRsaPrivate(const KeyParts& parts) {
  for (const Secret& part : parts) {
    if (part.empty() || part.size() > kMaxBits / 8) {
      return Malformed("a part of the private key is missing or too long");
    }
  }
  const ErrorQueueGuard guard;
  const Numbers numbers(parts);
  if (!numbers.FactorsBelong() || !numbers.ExponentsBelong() ||
      !numbers.CoefficientBelongs()) {
    return Malformed("the parts of the private key do not belong together");
  }
  return Status();
}

}  // namespace clone_auth
