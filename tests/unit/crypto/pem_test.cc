#include "crypto/pem.h"

#include "gtest/gtest.h"

namespace clone_auth {
namespace {

constexpr char kGood[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "AQIDBA==\n"
    "-----END PUBLIC KEY-----\n";

Status StatusOf(std::string_view text) { return ReadPem(text).status(); }

TEST(Pem, ReadsOneBlock) {
  for (const std::string& text :
       {std::string(kGood), "\n  \r\n" + std::string(kGood) + "\n\n",
        std::string("-----BEGIN PUBLIC KEY-----\r\nAQID\r\nBA==\r\n"
                    "-----END PUBLIC KEY-----\r\n"),
        std::string("-----BEGIN PUBLIC KEY-----\nAQIDBA==\n"
                    "-----END PUBLIC KEY-----")}) {
    const auto block = ReadPem(text);
    ASSERT_TRUE(block.ok()) << text;
    EXPECT_EQ(block->label, "PUBLIC KEY");
    EXPECT_EQ(block->der.Reveal(), "\x01\x02\x03\x04");
  }
}

TEST(Pem, WritesLinesOf64Characters) {
  const std::string bytes(100, 'x');
  const Secret text = WritePem("PRIVATE KEY", Secret::CopyOf(bytes));
  EXPECT_EQ(text.Reveal().substr(0, 28), "-----BEGIN PRIVATE KEY-----\n");
  EXPECT_EQ(text.Reveal().find('\n', 28), 28u + 64u);
  EXPECT_EQ(text.Reveal().substr(text.size() - 26),
            "-----END PRIVATE KEY-----\n");
  EXPECT_EQ(ReadPem(text.Reveal())->der.Reveal(), bytes);
}

TEST(Pem, SaysWhatIsWrong) {
  const std::string good = kGood;
  const std::pair<std::string, std::string_view> cases[] = {
      {"", "no line '-----BEGIN'"},
      {"AQIDBA==", "no line '-----BEGIN'"},
      {"key: " + good, "in front of the block"},
      {good + "x", "behind the block"},
      {good + good, "more than one block"},
      {good.substr(0, 12), "cut off"},
      {good.substr(0, 40), "no line '-----END'"},
      {"-----BEGIN -----\nAQID\n-----END -----\n", "cut off"},
      {"-----BEGIN public key-----\nAQID\n-----END public key-----", "cut off"},
      {"-----BEGIN A-----\nAQID\n-----END B-----\n", "another name"},
      {"-----BEGIN A-----\n-----END A-----\n", "not base64"},
      {"-----BEGIN A-----\nAQI\n-----END A-----\n", "not base64"},
      {"-----BEGIN A-----\nAQ==ID\n-----END A-----\n", "not base64"},
      {"-----BEGIN A-----\nAQ\xc1"
       "D\n-----END A-----\n",
       "not base64"},
      {"-----BEGIN A-----\nName: 1\n\nAQID\n-----END A-----\n", "not base64"},
      {std::string(kKeyFileMaxSize + 1, ' '), "64 KiB"},
  };
  for (const auto& [text, words] : cases) {
    const Status status = StatusOf(text);
    EXPECT_EQ(status.reason(), Reason::kPemMalformed) << text;
    EXPECT_NE(status.message().find(words), std::string_view::npos)
        << text << status.message();
  }
}

TEST(Pem, SaysThatAKeyIsEncrypted) {
  for (const char* text :
       {"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAQID\n"
        "-----END ENCRYPTED PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
        "DEK-Info: AES-256-CBC,00\n\nAQID\n-----END RSA PRIVATE KEY-----\n"}) {
    EXPECT_EQ(StatusOf(text).reason(), Reason::kKeyEncrypted);
  }
}

}  // namespace
}  // namespace clone_auth
