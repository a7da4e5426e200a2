#include "clone/django_hash.h"

#include <gtest/gtest.h>

#include <string>

namespace clone_auth {
namespace {

// Made by django.contrib.auth.hashers of Django 3.2.
constexpr char kPassword[] =
    "pbkdf2_sha256$1000$l8rwUKzT1XOtDTjXSlzUNL$"
    "GkDw3pbB9f44r+BlGOv7WBb8IG809AULi+wEAkECyoY=";
constexpr char kUnicode[] =
    "pbkdf2_sha256$1$x$GDi0JhZp0fT4+s9CSdUIH7WPI6MztRReK5f2jSWIllU=";
// As djangorestframework-api-key 3 makes it.
constexpr char kKey[] = "Zq3vB8kM.0123456789abcdefghijklmnopqrstuv";
constexpr char kSha512[] =
    "sha512$$97c9e19a9f1f1a445b6a2af50817522733ae2eb18dff84739f394d56b75bbe06"
    "61707c61752aa3fedcf3550b7d65c43b26dcb74411d7d45881a3a916aac4f71d";

bool Matches(const std::string& hash, const std::string& text) {
  const auto parsed = DjangoHash::Parse(hash);
  EXPECT_TRUE(parsed.ok()) << hash;
  return parsed.ok() && parsed->Matches(text);
}

TEST(DjangoHash, AHashOfDjangosMatchesItsPasswordAndNoOther) {
  EXPECT_TRUE(Matches(kPassword, "correct horse 1"));
  EXPECT_TRUE(Matches(kUnicode, "p\xc3\xa4ss \xe6\x97\xa5\xe6\x9c\xac"));
  for (const char* other : {"", "correct horse ", "correct horse 12"}) {
    EXPECT_FALSE(Matches(kPassword, other)) << other;
  }
}

TEST(DjangoHash, AHashOfAKeyMatchesTheWholeKey) {
  EXPECT_TRUE(Matches(kSha512, kKey));
  EXPECT_FALSE(Matches(kSha512, std::string(kKey).substr(9)));
}

TEST(DjangoHash, OnlyPbkdf2IsCostly) {
  EXPECT_TRUE(DjangoHash::Parse(kPassword)->IsCostly());
  EXPECT_FALSE(DjangoHash::Parse(kSha512)->IsCostly());
}

TEST(DjangoHash, WhatIsNotExactlyOfTheFormIsRefused) {
  const std::string end = "$GkDw3pbB9f44r+BlGOv7WBb8IG809AULi+wEAkECyoY=";
  const std::string digits(128, 'a');
  for (const std::string& text :
       {std::string(), std::string("!"), std::string("correct horse 1"),
        "pbkdf2_sha256$0$salt" + end, "pbkdf2_sha256$01$salt" + end,
        "pbkdf2_sha256$-1$salt" + end, "pbkdf2_sha256$+1$salt" + end,
        "pbkdf2_sha256$$salt" + end, "pbkdf2_sha256$1x$salt" + end,
        "pbkdf2_sha256$5000001$salt" + end, "pbkdf2_sha256$1$" + end,
        "pbkdf2_sha256$1$sa lt" + end, "pbkdf2_sha256$1" + end,
        "pbkdf2_sha256$1$" + std::string(129, 's') + end,
        "pbkdf2_sha256$1$salt" + end + "\n", "pbkdf2_sha256$1$salt" + end + "$",
        "pbkdf2_sha256$1$salt" + end.substr(0, end.size() - 1),
        // A spare bit, and the other alphabet.
        std::string("pbkdf2_sha256$1$s$"
                    "GkDw3pbB9f44r+BlGOv7WBb8IG809AULi+wEAkECyoZ="),
        std::string("pbkdf2_sha256$1$s$"
                    "GkDw3pbB9f44r-BlGOv7WBb8IG809AULi-wEAkECyoY="),
        std::string("pbkdf2_sha1$1$salt$ZXhhbXBsZQ=="),
        std::string("argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdA$aGFzaA"),
        "sha512$salt$" + digits, "sha512$$" + digits + "a",
        "sha512$$" + digits.substr(1), "sha512$$" + digits.substr(1) + "A",
        "sha512$$" + digits.substr(1) + "g", "SHA512$$" + digits}) {
    const auto parsed = DjangoHash::Parse(text);
    EXPECT_EQ(parsed.status().reason(), Reason::kHashUnsupported) << text;
  }
}

TEST(DjangoHash, ARefusalDoesNotRepeatTheHash) {
  const auto parsed = DjangoHash::Parse("sha512$$5ecre7");
  EXPECT_EQ(parsed.status().ToString().find("5ecre7"), std::string::npos);
}

}  // namespace
}  // namespace clone_auth
