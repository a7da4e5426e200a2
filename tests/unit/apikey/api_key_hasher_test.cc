#include "clone/api_key_hasher.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "crypto/hmac_sha256.h"

namespace clone_auth {
namespace {

Pepper MakePepper(std::uint32_t id, char filling, std::size_t size = 32) {
  return {id, Secret::CopyOf(std::string(size, filling))};
}

Result<ApiKeyHasher> MakeHasher(Pepper first) {
  std::vector<Pepper> peppers;
  peppers.push_back(std::move(first));
  return ApiKeyHasher::Create(std::move(peppers));
}

Result<ApiKeyHasher> MakeHasher(Pepper first, Pepper second) {
  std::vector<Pepper> peppers;
  peppers.push_back(std::move(first));
  peppers.push_back(std::move(second));
  return ApiKeyHasher::Create(std::move(peppers));
}

TEST(ApiKeyHasher, DigestsAreHmacSha256UnderThePepper) {
  const auto hasher = MakeHasher(MakePepper(1, 'a'), MakePepper(2, 'b'));
  ASSERT_TRUE(hasher.ok());
  EXPECT_EQ(hasher->Digest("key"),
            HmacSha256(std::string(32, 'a')).Digest("key"));
  EXPECT_EQ(hasher->Digest("key", 1),
            HmacSha256(std::string(32, 'b')).Digest("key"));
}

TEST(ApiKeyHasher, NamesItsPeppersInTheirOrder) {
  const auto hasher = MakeHasher(MakePepper(7, 'a'), MakePepper(3, 'b'));
  ASSERT_TRUE(hasher.ok());
  ASSERT_EQ(hasher->pepper_count(), 2u);
  EXPECT_EQ(hasher->pepper_id(0), 7u);
  EXPECT_EQ(hasher->pepper_id(1), 3u);
}

TEST(ApiKeyHasher, CannotBeMadeWithoutAPepper) {
  EXPECT_EQ(ApiKeyHasher::Create({}).status().reason(),
            Reason::kInvalidArgument);
}

TEST(ApiKeyHasher, RefusesPeppersOfFewerThan32Bytes) {
  EXPECT_EQ(MakeHasher(MakePepper(1, 'a', 31)).status().reason(),
            Reason::kKeyWeak);
  EXPECT_EQ(
      MakeHasher(MakePepper(1, 'a'), MakePepper(2, 'b', 0)).status().reason(),
      Reason::kKeyWeak);
  EXPECT_TRUE(MakeHasher(MakePepper(1, 'a', 100)).ok());
}

TEST(ApiKeyHasher, RefusesTwoPeppersWithOneId) {
  EXPECT_EQ(
      MakeHasher(MakePepper(1, 'a'), MakePepper(1, 'b')).status().reason(),
      Reason::kInvalidArgument);
}

}  // namespace
}  // namespace clone_auth
