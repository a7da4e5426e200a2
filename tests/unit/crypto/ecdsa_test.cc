#include "crypto/ecdsa.h"

#include <openssl/err.h>

#include <thread>
#include <vector>

#include "crypto/ecdsa_form.h"
#include "gtest/gtest.h"

namespace clone_auth {
namespace {

KeyParts Copy(const KeyParts& parts, std::size_t count) {
  KeyParts copy;
  for (std::size_t i = 0; i < count; ++i) copy.push_back(parts[i].Clone());
  return copy;
}

struct Pair {
  KeyParts parts;
  std::unique_ptr<const PrivateKey> private_key;
  std::unique_ptr<const VerificationKey> public_key;
};

Pair MakePair() {
  Pair pair;
  pair.parts = GenerateEcdsa(EcCurve::kP256).value();
  pair.private_key = ReadEcdsaPrivate(EcCurve::kP256, pair.parts).value();
  pair.public_key =
      ReadEcdsaPublic(EcCurve::kP256, Copy(pair.parts, 2)).value();
  return pair;
}

TEST(Es256, VerifiesWhatItSigned) {
  const Pair pair = MakePair();
  for (int i = 0; i < 50; ++i) {
    const std::string message = "message " + std::to_string(i);
    const std::string signature = pair.private_key->Sign(message).value();
    EXPECT_EQ(signature.size(), 64u);
    EXPECT_TRUE(pair.public_key->Verify(message, signature));
    EXPECT_FALSE(pair.public_key->Verify(message + "x", signature));
  }
}

TEST(Es256, RefusesASignatureOfAnotherKey) {
  const std::string signature = MakePair().private_key->Sign("text").value();
  EXPECT_FALSE(MakePair().public_key->Verify("text", signature));
}

TEST(Es256, RefusesEverySignatureWithOneBitChanged) {
  const Pair pair = MakePair();
  const std::string signature = pair.private_key->Sign("text").value();
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string other = signature;
    other[i] = static_cast<char>(other[i] ^ 1);
    EXPECT_FALSE(pair.public_key->Verify("text", other)) << i;
  }
}

TEST(Es256, RefusesOtherSizesAndZeroAndTheOrder) {
  const Pair pair = MakePair();
  const std::string good = pair.private_key->Sign("text").value();
  const std::string zero(32, '\0');
  const std::string most(32, '\xff');
  const std::string order(
      "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"
      "\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51",
      32);
  for (const std::string& signature :
       {std::string(), good.substr(0, 63), good + "x", good + good,
        std::string(8192, 'x'), zero + zero, zero + good.substr(32),
        good.substr(0, 32) + zero, order + order, most + most,
        good.substr(32) + good.substr(0, 32)}) {
    EXPECT_FALSE(pair.public_key->Verify("text", signature));
    EXPECT_EQ(ERR_peek_error(), 0u);
  }
  EXPECT_TRUE(pair.public_key->Verify("text", good));
}

TEST(Es256, LeavesTheErrorQueueOfTheCallerAlone) {
  const Pair pair = MakePair();
  ERR_clear_error();
  ERR_raise(ERR_LIB_USER, 7);
  EXPECT_FALSE(pair.public_key->Verify("text", std::string(64, '\0')));
  EXPECT_EQ(ERR_GET_REASON(ERR_get_error()), 7);
  EXPECT_EQ(ERR_get_error(), 0u);
}

TEST(Es256, RefusesWhatIsNoPointOfTheCurve) {
  const KeyParts good = GenerateEcdsa(EcCurve::kP256).value();
  const auto reason_of = [](KeyParts parts) {
    const auto key = ReadEcdsaPublic(EcCurve::kP256, parts);
    EXPECT_EQ(ERR_peek_error(), 0u);
    return key.ok() ? Reason::kNone : key.status().reason();
  };
  EXPECT_EQ(reason_of(Copy(good, 2)), Reason::kNone);
  KeyParts off_curve = Copy(good, 2);
  off_curve[1].MutableBytes()[31] ^= 1;
  EXPECT_EQ(reason_of(std::move(off_curve)), Reason::kKeySetMalformed);
  KeyParts zero;
  zero.push_back(Secret::OfSize(32));
  zero.push_back(Secret::OfSize(32));
  EXPECT_EQ(reason_of(std::move(zero)), Reason::kKeySetMalformed);
  for (const std::size_t size : {0u, 31u, 33u, 64u}) {
    KeyParts parts = Copy(good, 2);
    parts[0] = Secret::OfSize(size);
    EXPECT_EQ(reason_of(std::move(parts)), Reason::kKeySetMalformed) << size;
  }
}

TEST(Es256, RefusesAPrivateKeyOfAnotherPoint) {
  KeyParts parts = GenerateEcdsa(EcCurve::kP256).value();
  parts[2] = std::move(GenerateEcdsa(EcCurve::kP256).value()[2]);
  const auto key = ReadEcdsaPrivate(EcCurve::kP256, parts);
  ASSERT_FALSE(key.ok());
  EXPECT_EQ(key.status().reason(), Reason::kKeySetMalformed);
  parts[2] = Secret::OfSize(32);
  EXPECT_FALSE(ReadEcdsaPrivate(EcCurve::kP256, parts).ok());
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(Es256, IsSharedBetweenThreads) {
  const Pair pair = MakePair();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&pair, t] {
      for (int i = 0; i < 20; ++i) {
        const std::string message = std::to_string(t * 100 + i);
        const std::string signature = pair.private_key->Sign(message).value();
        EXPECT_TRUE(pair.public_key->Verify(message, signature));
        EXPECT_FALSE(pair.public_key->Verify("other", signature));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(EcdsaForm, TurnsEachFormIntoTheOther) {
  const std::string zero(32, '\0');
  const std::string one = zero.substr(1) + '\x01';
  const std::string small = zero.substr(2) + "\x80" + zero[0];
  const std::string high(32, '\xff');
  const std::string low(32, '\x7f');
  for (const std::string& r : {zero, one, small, high, low}) {
    for (const std::string& s : {zero, one, small, high, low}) {
      const EcdsaDer der = EcdsaRawToDer(r + s);
      const auto raw = EcdsaDerToRaw(
          {reinterpret_cast<const char*>(der.bytes.data()), der.size}, 32);
      ASSERT_TRUE(raw.has_value());
      EXPECT_EQ(*raw, r + s);
    }
  }
  EXPECT_EQ(EcdsaRawToDer(high + high).size, 72u);
  const EcdsaDer ones = EcdsaRawToDer(one + one);
  EXPECT_EQ(std::string(ones.bytes.begin(), ones.bytes.begin() + 8),
            "\x30\x06\x02\x01\x01\x02\x01\x01");
}

TEST(EcdsaForm, RefusesMalformedDer) {
  for (const std::string& der :
       {std::string(), std::string("\x30"), std::string("\x30\x06\x02\x01\x01"),
        std::string("\x31\x06\x02\x01\x01\x02\x01\x01"),
        std::string("\x30\x06\x02\x01\x01\x03\x01\x01"),
        std::string("\x30\x06\x02\x01\x81\x02\x01\x01"),
        std::string("\x30\x05\x02\x00\x02\x01\x01", 7),
        std::string("\x30\x06\x02\x01\x01\x02\x01\x01\x00", 9),
        std::string("\x30\x09\x02\x01\x01\x02\x01\x01\x02\x01\x01"),
        std::string("\x30\x80\x02\x01\x01\x02\x01\x01"),
        "\x30\x26\x02\x21" + std::string(33, '\x01') + "\x02\x01\x01"}) {
    EXPECT_FALSE(EcdsaDerToRaw(der, 32).has_value());
  }
}

}  // namespace
}  // namespace clone_auth
