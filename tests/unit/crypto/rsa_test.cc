#include "crypto/rsa.h"

#include <openssl/err.h>

#include "crypto/rsa_numbers.h"
#include "gtest/gtest.h"

namespace clone_auth {
namespace {

// One key for all tests: a new one takes a tenth of a second.
const KeyParts& Parts() {
  static const KeyParts parts = GenerateRsa().value();
  return parts;
}

KeyParts Copy(std::size_t count) {
  KeyParts copy;
  for (std::size_t i = 0; i < count; ++i) copy.push_back(Parts()[i].Clone());
  return copy;
}

KeyParts With(std::size_t count, RsaPart part, std::string_view bytes) {
  KeyParts parts = Copy(count);
  parts[part] = Secret::CopyOf(bytes);
  return parts;
}

Reason ReasonOfPublic(const KeyParts& parts) {
  const auto key = ReadRsaPublic(RsaPadding::kPkcs1, Hash::kSha256, parts);
  EXPECT_EQ(ERR_peek_error(), 0u);
  return key.ok() ? Reason::kNone : key.status().reason();
}

Reason ReasonOfPrivate(const KeyParts& parts) {
  const auto key = ReadRsaPrivate(RsaPadding::kPkcs1, Hash::kSha256, parts);
  EXPECT_EQ(ERR_peek_error(), 0u);
  return key.ok() ? Reason::kNone : key.status().reason();
}

TEST(Rsa, VerifiesWhatItSignedByTheSamePaddingAndHashAlone) {
  struct Scheme {
    RsaPadding padding;
    Hash hash;
  };
  std::vector<Scheme> schemes;
  for (const RsaPadding padding : {RsaPadding::kPkcs1, RsaPadding::kPss}) {
    for (const Hash hash : {Hash::kSha256, Hash::kSha384, Hash::kSha512}) {
      schemes.push_back({padding, hash});
    }
  }
  const KeyParts public_parts = Copy(kRsaPublicParts);
  for (std::size_t i = 0; i < schemes.size(); ++i) {
    const std::string signature =
        ReadRsaPrivate(schemes[i].padding, schemes[i].hash, Parts())
            .value()
            ->Sign("text")
            .value();
    EXPECT_EQ(signature.size(), 256u);
    for (std::size_t j = 0; j < schemes.size(); ++j) {
      const auto key =
          ReadRsaPublic(schemes[j].padding, schemes[j].hash, public_parts)
              .value();
      EXPECT_EQ(key->Verify("text", signature), i == j) << i << j;
      EXPECT_FALSE(key->Verify("texT", signature));
    }
  }
}

TEST(Rsa, RefusesSignaturesOfAnotherSizeAndBeyondTheModulus) {
  const auto key =
      ReadRsaPublic(RsaPadding::kPkcs1, Hash::kSha256, Copy(kRsaPublicParts))
          .value();
  const std::string good =
      ReadRsaPrivate(RsaPadding::kPkcs1, Hash::kSha256, Parts())
          .value()
          ->Sign("text")
          .value();
  const std::string n(Parts()[kRsaN].Reveal());
  for (const std::string& signature :
       {std::string(), good.substr(1), good.substr(0, 255), good + '\0',
        '\0' + good, n, std::string(256, '\xff'), std::string(256, '\0'),
        std::string(255, '\0') + '\x01'}) {
    EXPECT_FALSE(key->Verify("text", signature));
    EXPECT_EQ(ERR_peek_error(), 0u);
  }
  EXPECT_TRUE(key->Verify("text", good));
}

TEST(Rsa, RefusesAModulusThatIsShortLongEvenOrPadded) {
  const std::string n(Parts()[kRsaN].Reveal());
  const auto with = [](std::string_view bytes) {
    return ReasonOfPublic(With(kRsaPublicParts, kRsaN, bytes));
  };
  EXPECT_EQ(with(n), Reason::kNone);
  EXPECT_EQ(with(""), Reason::kKeySetMalformed);
  EXPECT_EQ(with('\0' + n), Reason::kKeySetMalformed);
  EXPECT_EQ(with(n.substr(0, 255) + '\x01'), Reason::kNone);
  EXPECT_EQ(with(n.substr(0, 254) + '\x01'), Reason::kKeyWeak);
  EXPECT_EQ(with('\x7f' + n.substr(1)), Reason::kKeyWeak);
  EXPECT_EQ(with(n.substr(0, 255) + '\x02'), Reason::kKeySetMalformed);
  EXPECT_EQ(with(std::string(1023, '\xf1') + '\x0f'), Reason::kNone);
  EXPECT_EQ(with(std::string(1024, '\xf1') + '\x0f'), Reason::kKeySetMalformed);
}

TEST(Rsa, RefusesAnExponentThatIsSmallEvenHugeOrPadded) {
  const auto with = [](std::string_view bytes) {
    return ReasonOfPublic(With(kRsaPublicParts, kRsaE, bytes));
  };
  using namespace std::string_view_literals;
  EXPECT_EQ(with("\x01\x00\x01"sv), Reason::kNone);
  EXPECT_EQ(with("\x01\x00\x00\x00\x0f"sv), Reason::kNone);
  EXPECT_EQ(with("\xff\xff\xff\xff\xff\xff\xff\xff"sv), Reason::kNone);
  EXPECT_EQ(with("\x01"sv), Reason::kKeyWeak);
  EXPECT_EQ(with("\x03"sv), Reason::kKeyWeak);
  EXPECT_EQ(with("\xff\xff"sv), Reason::kKeyWeak);
  EXPECT_EQ(with(""sv), Reason::kKeySetMalformed);
  EXPECT_EQ(with("\x00\x01\x00\x01"sv), Reason::kKeySetMalformed);
  EXPECT_EQ(with("\x01\x00\x02"sv), Reason::kKeySetMalformed);
  EXPECT_EQ(with("\x01\x00\x00\x00\x00\x00\x00\x00\x01"sv),
            Reason::kKeySetMalformed);
}

TEST(Rsa, RefusesPrivatePartsThatDoNotBelongTogether) {
  EXPECT_EQ(ReasonOfPrivate(Parts()), Reason::kNone);
  for (std::size_t i = kRsaE; i < kRsaParts; ++i) {
    const auto part = static_cast<RsaPart>(i);
    std::string other(Parts()[i].Reveal());
    other.back() = static_cast<char>(other.back() ^ 2);
    EXPECT_EQ(ReasonOfPrivate(With(kRsaParts, part, other)),
              Reason::kKeySetMalformed)
        << i;
    if (i < kRsaD) continue;
    EXPECT_EQ(ReasonOfPrivate(With(kRsaParts, part, "")),
              Reason::kKeySetMalformed);
    EXPECT_EQ(ReasonOfPrivate(With(kRsaParts, part, std::string(1025, 'x'))),
              Reason::kKeySetMalformed);
  }
  // The factors 1 and n multiply to n too.
  KeyParts trivial = Copy(kRsaParts);
  trivial[kRsaP] = Secret::CopyOf("\x01");
  trivial[kRsaQ] = trivial[kRsaN].Clone();
  EXPECT_EQ(ReasonOfPrivate(trivial), Reason::kKeySetMalformed);
}

}  // namespace
}  // namespace clone_auth
