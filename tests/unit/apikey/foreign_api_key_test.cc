#include "clone/foreign_api_key.h"

#include <gtest/gtest.h>

#include <string>

namespace clone_auth {
namespace {

using Form = ForeignKeyForm;

// Made by hashlib and base64 of Python.
constexpr char kKey[] = "unkey_3ZaQx9Yv";
constexpr char kHex[] =
    "a4eab64a147456b9c8964b47cf2ebd0c51c9fdfcf109a78fd23bbf1b66848c72";
constexpr char kBase64Url[] = "pOq2ShR0VrnIlktHzy69DFHJ_fzxCaeP0ju_G2aEjHI";
// The example that prefixed-api-key publishes.
constexpr char kSeamKey[] = "mycompany_BRTRKFsL_51FwqftsmMDHHbJAMEXXHCgG";
constexpr char kSeamHash[] =
    "d70d981d87b449c107327c2a2afbf00d4b58070d6ba571aac35d7ea3e7c79f37";
constexpr char kDrfKey[] = "Zq3vB8kM.0123456789abcdefghijklmnopqrstuv";
// Made by Django 3.2.
constexpr char kDrf2[] =
    "pbkdf2_sha256$1000$saltsaltsaltsaltsalt12$"
    "WUhMU8Wi0pX6QEIoUV8z/M3M9rsryZlaY/jR37w0pSA=";
constexpr char kDrf3[] =
    "sha512$$97c9e19a9f1f1a445b6a2af50817522733ae2eb18dff84739f394d56b75bbe06"
    "61707c61752aa3fedcf3550b7d65c43b26dcb74411d7d45881a3a916aac4f71d";

bool Matches(Form form, const std::string& hash, const std::string& key) {
  const auto parsed = ForeignKeyHash::Parse(form, hash);
  EXPECT_TRUE(parsed.ok()) << hash;
  return parsed.ok() && parsed->Matches(key);
}

TEST(ForeignApiKey, Sha256OfTheWholeKeyIsTheDigestItself) {
  for (const char* text : {kHex, kBase64Url}) {
    const auto parsed = ForeignKeyHash::Parse(Form::kSha256, text);
    ASSERT_TRUE(parsed.ok()) << text;
    EXPECT_EQ(parsed->digest(), DigestApiKey(kKey));
    EXPECT_TRUE(parsed->Matches(kKey));
    EXPECT_FALSE(parsed->Matches("unkey_3ZaQx9Yw"));
  }
}

TEST(ForeignApiKey, EachFormMatchesItsKeyAndNoOther) {
  EXPECT_TRUE(Matches(Form::kSeam, kSeamHash, kSeamKey));
  EXPECT_FALSE(Matches(Form::kSeam, kSeamHash, std::string(kSeamKey) + "x"));
  EXPECT_TRUE(Matches(Form::kDjangoPbkdf2, kDrf2, kDrfKey));
  EXPECT_FALSE(Matches(Form::kDjangoPbkdf2, kDrf2, std::string(kDrfKey) + "x"));
  EXPECT_TRUE(Matches(Form::kDjangoSha512, kDrf3, kDrfKey));
  EXPECT_FALSE(Matches(Form::kDjangoSha512, kDrf3, std::string(kDrfKey) + "x"));
}

TEST(ForeignApiKey, OnlyPbkdf2IsCostlyAndOnlySha256IsADigest) {
  EXPECT_TRUE(ForeignKeyHash::Parse(Form::kDjangoPbkdf2, kDrf2)->IsCostly());
  EXPECT_FALSE(ForeignKeyHash::Parse(Form::kDjangoSha512, kDrf3)->IsCostly());
  EXPECT_FALSE(ForeignKeyHash::Parse(Form::kSeam, kSeamHash)->IsCostly());
  EXPECT_FALSE(
      ForeignKeyHash::Parse(Form::kSeam, kSeamHash)->digest().has_value());
  EXPECT_FALSE(
      ForeignKeyHash::Parse(Form::kDjangoSha512, kDrf3)->digest().has_value());
}

TEST(ForeignApiKey, AHashOfAnotherFormIsRefused) {
  const std::string hex = kHex;
  for (const auto& [form, text] :
       {std::pair(Form::kSha256, hex.substr(1)),
        {Form::kSha256, hex + "0"},
        {Form::kSha256, "A" + hex.substr(1)},
        {Form::kSha256, std::string(kBase64Url) + "="},
        {Form::kSha256, std::string(42, 'A') + "B"},
        {Form::kSha256, kDrf3},
        {Form::kSeam, std::string(kBase64Url)},
        {Form::kSeam, std::string()},
        {Form::kDjangoSha512, kDrf2},
        {Form::kDjangoPbkdf2, kDrf3},
        {Form::kDjangoPbkdf2, hex}}) {
    EXPECT_EQ(ForeignKeyHash::Parse(form, text).status().reason(),
              Reason::kHashUnsupported)
        << text;
  }
}

TEST(ForeignApiKey, AKeyIsFoundByThePartThatIsNoSecret) {
  EXPECT_EQ(ForeignKeyHandle(Form::kDjangoPbkdf2, kDrfKey), "Zq3vB8kM");
  EXPECT_EQ(ForeignKeyHandle(Form::kDjangoSha512, "a.b.c"), "a");
  EXPECT_EQ(ForeignKeyHandle(Form::kSeam, kSeamKey), "BRTRKFsL");
  EXPECT_EQ(ForeignKeyHandle(Form::kSha256, kKey), "");
}

TEST(ForeignApiKey, AKeyWithoutASecretPartHasNoHandle) {
  for (const char* key : {"", "Zq3vB8kM", "Zq3vB8kM.", ".secret"}) {
    EXPECT_EQ(ForeignKeyHandle(Form::kDjangoSha512, key), "") << key;
  }
  for (const char* key : {"", "co", "co_short", "co_short_", "co__long"}) {
    EXPECT_EQ(ForeignKeyHandle(Form::kSeam, key), "") << key;
  }
}

TEST(ForeignApiKey, FormsHaveWordsThatAreReadBack) {
  for (const Form form :
       {Form::kSha256, Form::kDjangoSha512, Form::kDjangoPbkdf2, Form::kSeam}) {
    EXPECT_EQ(*ParseForeignKeyForm(ToString(form)), form);
  }
  EXPECT_FALSE(ParseForeignKeyForm("md5").ok());
}

}  // namespace
}  // namespace clone_auth
