#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clone/jwk.h"
#include "service/sqlite/database.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {

// What Django hashed with 1,000 iterations, and what it is the hash of.
inline constexpr char kDjangoPassword[] = "correct horse 1";
inline constexpr char kDjangoHash[] =
    "pbkdf2_sha256$1000$l8rwUKzT1XOtDTjXSlzUNL$"
    "GkDw3pbB9f44r+BlGOv7WBb8IG809AULi+wEAkECyoY=";
inline constexpr char kSlowKey[] = "Zq3vB8kM.0123456789abcdefghijklmnopqrstuv";
inline constexpr char kSlowHash[] =
    "pbkdf2_sha256$1000$saltsaltsaltsaltsalt12$"
    "WUhMU8Wi0pX6QEIoUV8z/M3M9rsryZlaY/jR37w0pSA=";
inline constexpr char kFastKey[] = "Yq3vB8kM.0123456789abcdefghijklmnopqrstuv";

/// "sha512$$" and what follows.
std::string Sha512Hash(std::string_view key);
HttpHeaders ApiKey(const std::string& key);

/// A service, and a Django project's database beside it.
class ImportTest : public ::testing::Test {
 protected:
  ImportTest();

  /// Runs statements on the project's database, or on the service's while that
  /// is stopped.
  void Alter(const std::string& file, const std::string& statements);
  /// The first column of the first row.
  std::string Select(const std::string& file, const char* sql);

  void AddUser(int id, const std::string& email, bool active = true,
               const std::string& password = kDjangoHash);
  void AddKey(const std::string& key, const std::string& hash,
              const std::string& more = "0, NULL");
  ImportReport Import();
  /// Imports these lines.
  ImportReport ImportLines(const std::vector<std::string>& lines);
  static const ImportCount& CountOf(const ImportReport& report,
                                    std::string_view kind);

  /// A token as SimpleJWT makes it, of the project's user 1.
  std::string Token(const std::string& type, std::chrono::seconds life,
                    const std::string& jti = "j1",
                    JsonValue user = JsonValue(std::int64_t{1})) const;

  ServiceHarness harness_;
  std::string django_ = harness_.folder().File("django.sqlite3");
  std::string secret_ = std::string(50, 's');
};

}  // namespace clone_auth::testing
