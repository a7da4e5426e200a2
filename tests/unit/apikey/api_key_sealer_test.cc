#include "clone/api_key_sealer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "unit/apikey/test_records.h"

namespace clone_auth {
namespace {

using std::chrono::microseconds;
using testing::IdOf;
using testing::RecordOf;
using Names = std::vector<std::string>;

ApiKeySealer SealerOf(std::vector<std::pair<std::uint32_t, char>> fillings) {
  std::vector<Pepper> peppers;
  for (const auto& [id, filling] : fillings) {
    peppers.push_back({id, Secret::CopyOf(std::string(32, filling))});
  }
  return ApiKeySealer::Create(std::move(peppers)).value();
}

Reason ReasonOfMaking(std::size_t first, std::size_t second,
                      std::uint32_t second_id = 2) {
  std::vector<Pepper> peppers;
  peppers.push_back({1, Secret::CopyOf(std::string(first, 'a'))});
  peppers.push_back({second_id, Secret::CopyOf(std::string(second, 'b'))});
  return ApiKeySealer::Create(std::move(peppers)).status().reason();
}

ApiKeyRecord FullRecord() {
  ApiKeyRecord record = RecordOf(1);
  record.owner = IdOf(20);
  record.organization = IdOf(30);
  record.expires_at = WallTime(microseconds(2'000));
  record.permissions = std::make_shared<const Names>(Names{"pull", "push"});
  return record;
}

TEST(ApiKeySealer, K28_CannotBeMadeOfWeakOrAmbiguousPeppers) {
  EXPECT_EQ(ApiKeySealer::Create({}).status().reason(),
            Reason::kInvalidArgument);
  EXPECT_EQ(ReasonOfMaking(31, 32), Reason::kKeyWeak);
  EXPECT_EQ(ReasonOfMaking(32, 0), Reason::kKeyWeak);
  EXPECT_EQ(ReasonOfMaking(32, 32, 1), Reason::kInvalidArgument);
  EXPECT_EQ(ReasonOfMaking(32, 100), Reason::kNone);
}

TEST(ApiKeySealer, OpensWhatItSealed) {
  const ApiKeySealer sealer = SealerOf({{7, 'p'}});
  const ApiKeyRecord record = FullRecord();
  const SealedApiKey row = sealer.Seal(record, "more");
  EXPECT_EQ(row.pepper_id, 7u);
  EXPECT_EQ(row.index, sealer.IndexOf(record.digest));
  EXPECT_TRUE(sealer.Holds(row, record, "more"));
  ApiKeyRecord read = record;
  read.digest = {};
  ASSERT_TRUE(sealer.Open(row, read, "more"));
  EXPECT_EQ(read.digest, record.digest);
}

TEST(ApiKeySealer, SealsOneRecordAlwaysTheSame) {
  const ApiKeySealer sealer = SealerOf({{7, 'p'}});
  const SealedApiKey one = sealer.Seal(FullRecord());
  const SealedApiKey two = sealer.Seal(FullRecord());
  EXPECT_EQ(one.index, two.index);
  EXPECT_EQ(one.masked, two.masked);
  EXPECT_EQ(one.mac, two.mac);
}

TEST(ApiKeySealer, ARowShowsNothingOfTheDigest) {
  const ApiKeyRecord record = FullRecord();
  std::set<std::array<std::uint8_t, 32>> seen = {record.digest};
  for (const char filling : {'p', 'q'}) {
    const SealedApiKey row = SealerOf({{1, filling}}).Seal(record);
    EXPECT_TRUE(seen.insert(row.index).second);
    EXPECT_TRUE(seen.insert(row.masked).second);
    EXPECT_TRUE(seen.insert(row.mac).second);
  }
  // Nor of the mask, where two digests are near each other.
  ApiKeyRecord near = record;
  near.digest[0] ^= 1;
  const ApiKeySealer sealer = SealerOf({{1, 'p'}});
  const SealedApiKey a = sealer.Seal(record), b = sealer.Seal(near);
  int same = 0;
  for (std::size_t i = 0; i < 32; ++i) same += a.masked[i] == b.masked[i];
  EXPECT_LT(same, 8);
}

TEST(ApiKeySealer, AnEditedRecordIsNobodys) {
  using Change = std::function<void(ApiKeyRecord&)>;
  const auto names = [](Names list) {
    return Change([list](ApiKeyRecord& record) {
      record.permissions = std::make_shared<const Names>(list);
    });
  };
  const std::vector<Change> changes = {
      [](ApiKeyRecord& record) { record.id = IdOf(2); },
      [](ApiKeyRecord& record) { record.owner = IdOf(2); },
      [](ApiKeyRecord& record) { record.organization = Uuid{}; },
      [](ApiKeyRecord& record) { record.scope = ApiKeyScope::kOrganization; },
      [](ApiKeyRecord& record) { record.expires_at.reset(); },
      [](ApiKeyRecord& record) { *record.expires_at += microseconds(1); },
      [](ApiKeyRecord& record) { record.revoked_at = WallTime{}; },
      [](ApiKeyRecord& record) {
        std::swap(record.expires_at, record.revoked_at);
      },
      names({}),
      names({"pull"}),
      names({"pull", "pusH"}),
      names({"push", "pull"}),
      names({"pullpush"}),
      names({"pull", "push", ""}),
      names({"pul", "lpush"}),
  };
  const ApiKeySealer sealer = SealerOf({{7, 'p'}});
  const SealedApiKey row = sealer.Seal(FullRecord(), "also");
  for (std::size_t i = 0; i < changes.size(); ++i) {
    ApiKeyRecord edited = FullRecord();
    changes[i](edited);
    const ApiKeyDigest before = edited.digest;
    EXPECT_FALSE(sealer.Open(row, edited, "also")) << i;
    EXPECT_FALSE(sealer.Holds(row, edited, "also")) << i;
    EXPECT_EQ(edited.digest, before);
  }
  ApiKeyRecord same = FullRecord();
  EXPECT_FALSE(sealer.Open(row, same, ""));
  EXPECT_FALSE(sealer.Open(row, same, "alsO"));
  EXPECT_TRUE(sealer.Open(row, same, "also"));
}

TEST(ApiKeySealer, AnEditedRowIsNobodys) {
  const ApiKeySealer sealer = SealerOf({{7, 'p'}, {8, 'q'}});
  const SealedApiKey row = sealer.Seal(FullRecord());
  for (const auto part :
       {&SealedApiKey::index, &SealedApiKey::masked, &SealedApiKey::mac}) {
    for (std::size_t at = 0; at < 32; ++at) {
      SealedApiKey edited = row;
      (edited.*part)[at] ^= 0x80;
      ApiKeyRecord record = FullRecord();
      EXPECT_FALSE(sealer.Open(edited, record));
    }
  }
  for (const std::uint32_t pepper : {0u, 8u, 9u}) {
    SealedApiKey edited = row;
    edited.pepper_id = pepper;
    ApiKeyRecord record = FullRecord();
    EXPECT_FALSE(sealer.Open(edited, record)) << pepper;
  }
}

TEST(ApiKeySealer, PartsOfTwoRowsMakeNoThird) {
  const ApiKeySealer sealer = SealerOf({{7, 'p'}});
  ApiKeyRecord other = FullRecord();
  other.id = IdOf(2);
  other.digest = testing::DigestOf(2);
  const SealedApiKey a = sealer.Seal(FullRecord());
  const SealedApiKey b = sealer.Seal(other);
  for (int parts = 1; parts < 8; ++parts) {
    const SealedApiKey mixed = {7, (parts & 1) != 0 ? b.index : a.index,
                                (parts & 2) != 0 ? b.masked : a.masked,
                                (parts & 4) != 0 ? b.mac : a.mac};
    ApiKeyRecord record = FullRecord();
    EXPECT_FALSE(sealer.Open(mixed, record)) << parts;
  }
}

TEST(ApiKeySealer, K27_MovesRowsToAnotherPepperWithoutTheKeys) {
  const ApiKeySealer before = SealerOf({{1, 'p'}});
  const SealedApiKey old_row = before.Seal(FullRecord());
  const ApiKeySealer both = SealerOf({{2, 'q'}, {1, 'p'}});
  ApiKeyRecord record = FullRecord();
  record.digest = {};
  ASSERT_TRUE(both.Open(old_row, record));
  const SealedApiKey new_row = both.Seal(record);
  EXPECT_EQ(new_row.pepper_id, 2u);
  EXPECT_EQ(both.IndexOf(record.digest, 1), old_row.index);

  const ApiKeySealer after = SealerOf({{2, 'q'}});
  ApiKeyRecord moved = FullRecord();
  moved.digest = {};
  EXPECT_TRUE(after.Open(new_row, moved));
  EXPECT_EQ(moved.digest, FullRecord().digest);
  // Neither the old rows nor the old pepper are good for anything now.
  EXPECT_FALSE(after.Open(old_row, moved));
  EXPECT_FALSE(before.Open(new_row, moved));
  EXPECT_FALSE(SealerOf({{2, 'p'}}).Open(new_row, moved));
}

TEST(ApiKeySealer, AnOlderDigestIsHmacSha256OfTheKey) {
  const ApiKeySealer sealer = SealerOf({{1, 'a'}, {2, 'b'}});
  const ApiKeyDigest under_b = {0x8d, 0x97, 0xb8, 0x56, 0x81, 0x80, 0x82, 0xad,
                                0xc9, 0x7a, 0x42, 0x41, 0x17, 0x5f, 0xd1, 0x29,
                                0x4c, 0xf4, 0xf9, 0x2c, 0x99, 0xd0, 0x95, 0x18,
                                0x47, 0x26, 0x29, 0x02, 0xb7, 0x95, 0x3b, 0x1a};
  EXPECT_EQ(sealer.OlderDigest("key", 2), under_b);
  EXPECT_NE(sealer.OlderDigest("key", 1), under_b);
  EXPECT_FALSE(sealer.OlderDigest("key", 3).has_value());
}

}  // namespace
}  // namespace clone_auth
