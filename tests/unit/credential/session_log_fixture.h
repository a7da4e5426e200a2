#pragma once

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "clone/session_log.h"
#include "clone/testing/fake_clock.h"
#include "gtest/gtest.h"
#include "support/temporary_folder.h"
#include "unit/credential/disk.h"

namespace clone_auth::testing {

/// An empty folder of its own, in memory where the system has such a place.
class QuickFolder {
 public:
  QuickFolder() {
    const std::filesystem::path memory = "/dev/shm";
    std::error_code none;
    std::string name = (std::filesystem::is_directory(memory, none)
                            ? memory
                            : std::filesystem::temp_directory_path()) /
                       "test-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~QuickFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  QuickFolder(const QuickFolder&) = delete;
  QuickFolder& operator=(const QuickFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const {
    return path_ + "/" + name;
  }

 private:
  std::string path_;
};

/// A log in a folder of its own, on a disk that is quick.
class SessionLogTest : public ::testing::Test {
 protected:
  /// The refresh token under each key.
  using Tokens = std::map<std::string, std::string>;

  static StoredSession Session(const std::string& refresh) {
    StoredSession session;
    session.base_url = "https://api.example";
    session.tokens.access = Secret::CopyOf("access of " + refresh);
    session.tokens.refresh = Secret::CopyOf(refresh);
    session.tokens.received_at = FakeClock().Now();
    return session;
  }

  std::string path() const { return folder_ / "sessions.log"; }
  std::string aside(int number = 1) const {
    return path() + ".damaged-" + std::to_string(number);
  }

  Result<std::unique_ptr<SessionLog>> TryOpen(
      SessionLogOptions options = {}) const {
    return SessionLog::Create(path(), options, clock_);
  }

  std::unique_ptr<SessionLog> Open(SessionLogOptions options = {}) const {
    auto log = TryOpen(options);
    EXPECT_TRUE(log.ok()) << log.status().ToString();
    return log.ok() ? std::move(log).value() : nullptr;
  }

  static Status Save(SessionLog& log, const std::string& key,
                     const std::string& refresh) {
    return log.StoreFor(key)->Save(Session(refresh));
  }

  /// Empty where there is none.
  static std::string Refresh(SessionLog& log, const std::string& key) {
    const auto loaded = log.StoreFor(key)->Load();
    EXPECT_TRUE(loaded.ok()) << loaded.status().ToString();
    if (!loaded.ok() || !loaded->has_value()) return "";
    return std::string((*loaded)->tokens.refresh.Reveal());
  }

  static Tokens All(SessionLog& log) {
    Tokens tokens;
    for (const std::string& key : log.keys()) tokens[key] = Refresh(log, key);
    return tokens;
  }

  static void Flip(std::string& content, std::size_t at, int bit = 0) {
    content[at] = static_cast<char>(content[at] ^ (1 << bit));
  }

  bool Exists(const std::string& name) const {
    return std::filesystem::exists(name);
  }

  Disk disk_;
  FakeClock clock_;
  QuickFolder folder_;
};

}  // namespace clone_auth::testing
