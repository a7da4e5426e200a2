#include "unit/service/older_rows.h"

#include <fstream>
#include <iterator>

#include "gtest/gtest.h"
#include "service/key_file.h"
#include "service/sqlite/database.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {

using service::Database;
using service::KeyFile;

void MakeRowsOlder(const std::string& database,
                   const std::vector<KeyAndId>& keys) {
  const FakeClock clock;
  const auto file = KeyFile::Load(database + ".keys", TestOptions(&clock));
  ASSERT_TRUE(file.ok()) << file.status().ToString();
  const auto sealer = *file->MakeSealer();
  const std::uint32_t pepper = file->peppers.front().id;
  auto opened = Database::Open(database, std::chrono::seconds(2));
  ASSERT_TRUE(opened.ok());
  for (const auto& [id, text] : keys) {
    const auto digest = sealer->OlderDigest(text, pepper);
    const auto uuid = Uuid::Parse(id);
    auto update = (*opened)->Prepare(
        "UPDATE api_keys SET digest = ?1, pepper_id = ?2 WHERE id = ?3");
    update->Bind(*digest).Bind(std::int64_t{pepper}).Bind(*uuid);
    ASSERT_TRUE(update->Run().ok());
  }
  ASSERT_TRUE((*opened)
                  ->Execute("ALTER TABLE api_keys DROP COLUMN masked;"
                            "ALTER TABLE api_keys DROP COLUMN mac;"
                            "ALTER TABLE api_keys DROP COLUMN hashed_with;"
                            "DROP TABLE foreign_api_keys;"
                            "DROP TABLE imported_api_keys;"
                            "DROP TABLE imported_users;"
                            "DROP TABLE legacy_tokens;"
                            "DROP TABLE audit;"
                            "DROP INDEX api_keys_one_successor;"
                            "ALTER TABLE api_keys DROP COLUMN rolled_from;"
                            "ALTER TABLE api_keys DROP COLUMN overlap;"
                            "ALTER TABLE api_keys DROP COLUMN first_used_at;"
                            "PRAGMA user_version=3;"
                            "PRAGMA journal_mode=DELETE")
                  .ok());
}

void MakeKeyFileOlder(const std::string& path) {
  std::ifstream file(path);
  std::string text(std::istreambuf_iterator<char>(file), {});
  const std::string version = R"("version":3)";
  ASSERT_NE(text.find(version), std::string::npos);
  text.replace(text.find(version), version.size(), R"("version":2)");
  std::ofstream(path) << text;
}

}  // namespace clone_auth::testing
