#include "clone/secret.h"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <sstream>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"

namespace {

// What is freed while watched: where it is, how large, and whether all of it
// was zero by then.
const void* watched = nullptr;
std::size_t watched_size = 0;
bool freed_as_zeros = false;

void Look(const void* freed) {
  if (freed == nullptr || freed != watched) return;
  const char* bytes = static_cast<const char*>(freed);
  freed_as_zeros = std::all_of(bytes, bytes + watched_size,
                               [](char c) { return c == '\0'; });
  watched = nullptr;
}

}  // namespace

void* operator new[](std::size_t size) {
  void* bytes = std::malloc(std::max<std::size_t>(size, 1));
  if (bytes == nullptr) throw std::bad_alloc();
  return bytes;
}
void operator delete[](void* bytes) noexcept {
  Look(bytes);
  std::free(bytes);
}
void operator delete[](void* bytes, std::size_t) noexcept {
  Look(bytes);
  std::free(bytes);
}

namespace clone_auth {
namespace {

void Watch(const Secret& secret) {
  watched = secret.Reveal().data();
  watched_size = secret.size();
  freed_as_zeros = false;
}

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

TEST(Secret, IsWipedWhenItGoes) {
  {
    const Secret secret = Secret::CopyOf("correct horse");
    Watch(secret);
  }
  EXPECT_EQ(watched, nullptr);
  EXPECT_TRUE(freed_as_zeros);
}

TEST(Secret, IsWipedWhenAnotherTakesItsPlace) {
  Secret secret = Secret::CopyOf("correct horse");
  Watch(secret);
  secret = Secret::CopyOf("battery staple");
  EXPECT_TRUE(freed_as_zeros);
  EXPECT_EQ(secret.Reveal(), "battery staple");
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
