// Signatures, keys and key sets of JOSE from C2SP/wycheproof, on the layer
// below the claims: their payloads are no JSON.

#include <iostream>
#include <set>
#include <string>

#include "clone/json.h"
#include "gtest/gtest.h"
#include "support/vectors.h"
#include "unit/jwt/jws.h"

namespace clone_auth {
namespace {

/// Where we judge a token otherwise than the file, and why.
struct Exception {
  const char* file;
  std::int64_t id;
  const char* reason;
};

constexpr char kSignatures[] = "json_web_signature";
constexpr char kKeys[] = "json_web_key";
constexpr char kCrypto[] = "json_web_crypto";

constexpr char kEmpty[] = "a token has a payload";
constexpr char kPs384[] = "the token is of PS384 and its key for PS256";
constexpr char kEs521[] = "there is no algorithm ES521";
constexpr char kTwin[] = "byte for byte the token 357, which is valid there";
constexpr char kStray[] =
    "a stray character in base64url (RFC 7515 appendix C)";
constexpr char kMixed[] =
    "a local set may mix key types, as each key serves its own algorithm alone";
constexpr char kBroken[] =
    "the second key of this id is broken (spare bits), so it is skipped";

const Exception kExceptions[] = {
    {kSignatures, 259, kEmpty}, {kSignatures, 264, kEmpty},
    {kSignatures, 268, kEmpty}, {kSignatures, 272, kEmpty},
    {kSignatures, 320, kEmpty}, {kSignatures, 325, kEmpty},
    {kSignatures, 346, kPs384}, {kSignatures, 350, kPs384},
    {kSignatures, 347, kEs521}, {kSignatures, 351, kEs521},
    {kSignatures, 367, kTwin},  {kSignatures, 370, kTwin},
    {kSignatures, 372, kStray}, {kSignatures, 373, kStray},
    {kKeys, 1, kMixed},         {kKeys, 4, kBroken},
    {kCrypto, 47, kMixed},
};

const Exception* FindException(std::string_view file, std::int64_t id) {
  for (const Exception& row : kExceptions) {
    if (row.file == file && row.id == id) return &row;
  }
  return nullptr;
}

struct Count {
  int accepted = 0;
  int refused = 0;
  int exceptions = 0;
  int encrypted = 0;

  int all() const { return accepted + refused + encrypted; }
};

// Tokens in the JSON form (RFC 7515 section 7.2) are given as their text.
std::string TokenOf(const JsonValue& test) {
  const JsonValue* token = test.Find("jws");
  if (token == nullptr) token = test.Find("jwe");
  const std::string* compact = token->AsString();
  return compact != nullptr ? *compact : JsonWriter().Value(*token).Take();
}

void Judge(const char* file, const std::string& keys, const JsonValue& test,
           Count& count) {
  // What is encrypted is no signed token, and never accepted.
  const bool encrypted = test.Find("jwe") != nullptr;
  const bool held = testing::JwsHolds(keys, TokenOf(test));
  if (encrypted) {
    EXPECT_FALSE(held);
    ++count.encrypted;
    return;
  }
  const std::int64_t id = *test.Find("tcId")->AsInt();
  const Exception* exception = FindException(file, id);
  EXPECT_EQ(held,
            (*test.FindString("result") == "valid") != (exception != nullptr))
      << id << " " << *test.FindString("comment");
  ++(held ? count.accepted : count.refused);
  if (exception == nullptr) return;
  ++count.exceptions;
  std::cout << file << " " << id << (held ? " accepted: " : " refused: ")
            << exception->reason << "\n";
}

class WycheproofJose : public ::testing::TestWithParam<const char*> {};

TEST_P(WycheproofJose, EveryTokenIsJudgedAsTheFileSays) {
  const char* file = GetParam();
  const auto text =
      testing::SharedVectors("wycheproof/" + std::string(file) + "_test.json");
  if (!text.has_value()) GTEST_SKIP() << testing::kNoVectors;
  const JsonValue json =
      JsonValue::Parse(*text, {16 * 1024 * 1024, 32}).value();
  Count count;
  for (const JsonValue& group : *json.Find("testGroups")->AsArray()) {
    const JsonValue* key = group.Find("public");
    if (key == nullptr) key = group.Find("private");
    const std::string keys = testing::SetOf(*key);
    for (const JsonValue& test : *group.Find("tests")->AsArray()) {
      Judge(file, keys, test, count);
    }
  }
  EXPECT_EQ(count.all(), *json.Find("numberOfTests")->AsInt());
  std::cout << file << ": " << count.accepted << " accepted, " << count.refused
            << " refused, " << count.exceptions
            << " of both otherwise than the file says, " << count.encrypted
            << " encrypted ones refused\n";
}

INSTANTIATE_TEST_SUITE_P(Files, WycheproofJose,
                         ::testing::Values(kSignatures, kKeys, kCrypto),
                         [](const auto& file) {
                           return std::string(file.param);
                         });

}  // namespace
}  // namespace clone_auth
