#include "crypto/ed448_point.h"

#include "crypto/openssl.h"

namespace clone_auth {
namespace {

using BignumContext = std::unique_ptr<BN_CTX, OpensslDeleter<BN_CTX_free>>;

// The curve is x^2 + y^2 = 1 + d x^2 y^2 with d = -39081 (RFC 8032 section
// 5.2).
constexpr BN_ULONG kMinusD = 39081;

// p = 2^448 - 2^224 - 1.
SecretBignum Prime() {
  SecretBignum p(BN_new());
  const SecretBignum middle(BN_new());
  if (p == nullptr || middle == nullptr || BN_set_bit(p.get(), 448) != 1 ||
      BN_set_bit(middle.get(), 224) != 1 ||
      BN_sub(p.get(), p.get(), middle.get()) != 1 ||
      BN_sub_word(p.get(), 1) != 1) {
    return nullptr;
  }
  return p;
}

// True if x^2 = (1 - y^2) / (1 + 39081 y^2) has a solution, which is so where
// the product of both has a square root.
bool HasX(const BIGNUM* y, const BIGNUM* p, BN_CTX* context) {
  const SecretBignum square(BN_new()), top(BN_new()), bottom(BN_new());
  return square != nullptr && top != nullptr && bottom != nullptr &&
         BN_mod_sqr(square.get(), y, p, context) == 1 &&
         BN_one(top.get()) == 1 &&
         BN_mod_sub(top.get(), top.get(), square.get(), p, context) == 1 &&
         BN_copy(bottom.get(), square.get()) != nullptr &&
         BN_mul_word(bottom.get(), kMinusD) == 1 &&
         BN_add_word(bottom.get(), 1) == 1 &&
         BN_mod_mul(top.get(), top.get(), bottom.get(), p, context) == 1 &&
         BN_kronecker(top.get(), p, context) == 1;
}

}  // namespace

bool IsEd448Point(std::string_view encoded) {
  // The last byte holds the sign of x alone.
  if (encoded.size() != kEd448Size || (encoded.back() & 0x7f) != 0) {
    return false;
  }
  const ErrorQueueGuard guard;
  const SecretBignum y(
      BN_lebin2bn(reinterpret_cast<const unsigned char*>(encoded.data()),
                  static_cast<int>(kEd448Size - 1), nullptr));
  const SecretBignum p = Prime();
  const BignumContext context(BN_CTX_new());
  if (y == nullptr || p == nullptr || context == nullptr ||
      BN_cmp(y.get(), p.get()) >= 0) {
    return false;
  }
  // The points whose order divides the cofactor, 4: y = 0, and y = 1 or -1,
  // which HasX() refuses because x is 0.
  return BN_is_zero(y.get()) == 0 && HasX(y.get(), p.get(), context.get());
}

}  // namespace clone_auth
