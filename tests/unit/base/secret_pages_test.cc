#include "base/secret_pages.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <ios>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace clone_auth {
namespace {

// Of every kind of room that there is, and around the bounds between them.
constexpr std::array<std::size_t, 9> kSizes = {
    1, 32, 33, 500, 4096, 16 * 1024, 16 * 1024 + 1, 300'000, 5'000'000};

constexpr std::array kReaches = {SecretReach::kChildren,
                                 SecretReach::kThisProcess};

// What the kernel says of the mapping that `bytes` lie in: VmFlags of smaps.
std::string FlagsAt(const char* bytes) {
  const auto address = reinterpret_cast<std::uintptr_t>(bytes);
  std::ifstream maps("/proc/self/smaps");
  bool is_here = false;
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    std::uintptr_t begin = 0, end = 0;
    char dash = 0;
    if (words >> std::hex >> begin >> dash >> end && dash == '-') {
      is_here = begin <= address && address < end;
    } else if (is_here && line.rfind("VmFlags:", 0) == 0) {
      return line + ' ';
    }
  }
  return "none";
}

bool AreZeros(const char* bytes, std::size_t size) {
  return std::all_of(bytes, bytes + size, [](char c) { return c == '\0'; });
}

TEST(SecretPages, AreLeftOutOfCoreDumps) {
  for (const SecretReach reach : kReaches) {
    for (const std::size_t size : kSizes) {
      char* const bytes = AllocateSecret(size, reach);
      for (const char* end : {bytes, bytes + size - 1}) {
        EXPECT_NE(FlagsAt(end).find(" dd "), std::string::npos) << size;
      }
      FreeSecret(bytes, size);
    }
  }
}

TEST(SecretPages, ReachAChildOnlyWhereTheyMay) {
  for (const SecretReach reach : kReaches) {
    for (const std::size_t size : kSizes) {
      char* const bytes = AllocateSecret(size, reach);
      std::memset(bytes, 'x', size);
      EXPECT_EQ(ReachOfSecret(bytes), reach);
      const pid_t child = fork();
      if (child == 0) _exit(AreZeros(bytes, size) ? 1 : 0);
      int status = 0;
      ASSERT_EQ(waitpid(child, &status, 0), child);
      const int wanted = reach == SecretReach::kThisProcess ? 1 : 0;
      EXPECT_EQ(WEXITSTATUS(status), wanted) << size;
      EXPECT_EQ(bytes[size - 1], 'x');
      FreeSecret(bytes, size);
    }
  }
}

TEST(SecretPages, GiveTheirRoomOutAgainAndAsZeros) {
  for (const std::size_t size : kSizes) {
    char* const bytes = AllocateSecret(size, SecretReach::kChildren);
    EXPECT_TRUE(AreZeros(bytes, size));
    std::memset(bytes, 'x', size);
    FreeSecret(bytes, size);
    char* const again = AllocateSecret(size, SecretReach::kChildren);
    EXPECT_TRUE(AreZeros(again, size));
    FreeSecret(again, size);
  }
}

TEST(SecretPages, HoldManyAtOnceAndNoneOverAnother) {
  for (const std::size_t size : {32u, 1000u, 16u * 1024u}) {
    std::vector<char*> all;
    for (std::size_t i = 0; i < 20'000 * 32 / size + 40; ++i) {
      all.push_back(AllocateSecret(size, SecretReach::kThisProcess));
      std::memset(all.back(), static_cast<char>(i % 251 + 1), size);
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string wanted(size, static_cast<char>(i % 251 + 1));
      ASSERT_EQ(std::string_view(all[i], size), wanted) << i;
      FreeSecret(all[i], size);
    }
  }
}

TEST(SecretPages, ServeThreadsAndTheirChildren) {
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (!stop) {
        char* const bytes = AllocateSecret(100, SecretReach::kChildren);
        ASSERT_TRUE(AreZeros(bytes, 100));
        bytes[99] = 'x';
        FreeSecret(bytes, 100);
      }
    });
  }
  for (int i = 0; i < 50; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      // Hangs where another thread's lock was copied.
      alarm(30);
      char* const bytes = AllocateSecret(100, SecretReach::kChildren);
      const bool is_good = AreZeros(bytes, 100);
      FreeSecret(bytes, 100);
      _exit(is_good ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace clone_auth
