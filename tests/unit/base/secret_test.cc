#include "clone/secret.h"

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"

namespace clone_auth {
namespace {

template <typename T, typename = void>
struct CanBePrinted : std::false_type {};
template <typename T>
struct CanBePrinted<T, std::void_t<decltype(std::declval<std::ostream&>()
                                            << std::declval<const T&>())>>
    : std::true_type {};

TEST(Secret, CanBeNeitherCopiedNorPrinted) {
  static_assert(!std::is_copy_constructible_v<Secret>);
  static_assert(!std::is_copy_assignable_v<Secret>);
  static_assert(!CanBePrinted<Secret>::value);
  static_assert(CanBePrinted<int>::value);
}

TEST(Secret, HoldsACopyOfTheBytes) {
  std::string bytes("a\0b", 3);
  const Secret secret = Secret::CopyOf(bytes);
  bytes[0] = 'x';
  EXPECT_EQ(secret.Reveal(), std::string_view("a\0b", 3));
  EXPECT_EQ(secret.size(), 3u);
  EXPECT_TRUE(Secret().empty());
  EXPECT_TRUE(Secret::CopyOf("").empty());
  EXPECT_EQ(Secret::OfSize(4).Reveal(), std::string_view("\0\0\0\0", 4));
}

// True if `bytes` are given out again, and as zeros: room is, lowest address
// first.
bool WasWiped(const char* bytes, std::size_t size) {
  const Secret next = Secret::OfSize(size);
  EXPECT_EQ(static_cast<const void*>(next.Reveal().data()), bytes);
  return next.Reveal() == std::string(size, '\0');
}

TEST(Secret, IsWipedWhenItGoes) {
  const char* bytes = nullptr;
  {
    const Secret secret = Secret::CopyOf("correct horse");
    bytes = secret.Reveal().data();
  }
  EXPECT_TRUE(WasWiped(bytes, 13));
}

TEST(Secret, IsWipedWhenAnotherTakesItsPlace) {
  Secret secret = Secret::CopyOf("correct horse");
  const char* const bytes = secret.Reveal().data();
  secret = Secret::CopyOf("battery staple");
  EXPECT_TRUE(WasWiped(bytes, 13));
  EXPECT_EQ(secret.Reveal(), "battery staple");
}

TEST(Secret, IsClonedWithItsReach) {
  const Secret own = Secret::CopyOf("bytes", SecretReach::kThisProcess);
  EXPECT_EQ(own.Clone().reach(), SecretReach::kThisProcess);
  EXPECT_EQ(Secret::CopyOf("bytes").Clone().reach(), SecretReach::kChildren);
  EXPECT_EQ(Secret().reach(), SecretReach::kChildren);
}

TEST(Secret, LeavesNothingBehindWhenMoved) {
  Secret first = Secret::CopyOf("bytes");
  Secret second = std::move(first);
  EXPECT_TRUE(first.empty());  // NOLINT: that is what is asked
  EXPECT_EQ(second.Reveal(), "bytes");
  Secret& same = second;
  second = std::move(same);
  EXPECT_EQ(second.Reveal(), "bytes");
}

TEST(Secret, ComparesBytesAndSize) {
  const Secret secret = Secret::CopyOf("bytes");
  EXPECT_TRUE(ConstantTimeEquals(secret, secret.Clone()));
  EXPECT_TRUE(ConstantTimeEquals(Secret(), Secret()));
  for (const char* other : {"", "byte", "bytess", "Bytes", "byteS"}) {
    EXPECT_FALSE(ConstantTimeEquals(secret, Secret::CopyOf(other))) << other;
  }
}

TEST(WipeBytes, ZeroesWhatItIsGivenAndNothingElse) {
  char bytes[] = "abcdef";
  WipeBytes(bytes + 1, 3);
  EXPECT_EQ(std::string_view(bytes, 6), std::string_view("a\0\0\0ef", 6));
  WipeBytes(nullptr, 0);
}

}  // namespace
}  // namespace clone_auth
