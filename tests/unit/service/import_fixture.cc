#include "unit/service/import_fixture.h"

#include <fstream>

#include "clone/jwt.h"
#include "crypto/sha512.h"

namespace clone_auth::testing {

using service::Database;

std::string Sha512Hash(std::string_view key) {
  std::string text = "sha512$$";
  for (const std::uint8_t byte : Sha512(key)) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

HttpHeaders ApiKey(const std::string& key) {
  return {{"Authorization", "Api-Key " + key}};
}

ImportTest::ImportTest() {
  Alter(django_,
        "CREATE TABLE auth_user(id INTEGER PRIMARY KEY, password TEXT,"
        " email TEXT, is_active INTEGER, date_joined TEXT);"
        "CREATE TABLE rest_framework_api_key_apikey(id TEXT PRIMARY KEY,"
        " created TEXT, name TEXT, revoked INTEGER, expiry_date TEXT,"
        " hashed_key TEXT, prefix TEXT);"
        "CREATE TABLE authtoken_token(key TEXT PRIMARY KEY, created TEXT,"
        " user_id INTEGER);"
        "CREATE TABLE token_blacklist_outstandingtoken(id INTEGER PRIMARY KEY,"
        " jti TEXT, created_at TEXT, expires_at TEXT);"
        "CREATE TABLE token_blacklist_blacklistedtoken(id INTEGER PRIMARY KEY,"
        " token_id INTEGER)");
}

void ImportTest::Alter(const std::string& file, const std::string& statements) {
  auto opened = Database::Open(file, std::chrono::seconds(1));
  ASSERT_TRUE(opened.ok()) << opened.status().ToString();
  const Status done = (*opened)->Execute(statements.c_str());
  ASSERT_TRUE(done.ok()) << done.ToString() << statements;
}

std::string ImportTest::Select(const std::string& file, const char* sql) {
  auto opened = Database::Open(file, std::chrono::seconds(1));
  if (!opened.ok()) return opened.status().ToString();
  auto statement = (*opened)->Prepare(sql);
  if (!statement.ok()) return statement.status().ToString();
  const auto row = statement->Step();
  return row.ok() && *row ? statement->Text(0) : "no row";
}

void ImportTest::AddUser(int id, const std::string& email, bool active,
                         const std::string& password) {
  Alter(django_, "INSERT INTO auth_user VALUES(" + std::to_string(id) + ",'" +
                     password + "','" + email + "'," + (active ? "1" : "0") +
                     ",'2025-06-01 10:00:00.5')");
}

void ImportTest::AddKey(const std::string& key, const std::string& hash,
                        const std::string& more) {
  const std::string prefix = key.substr(0, key.find('.'));
  Alter(django_, "INSERT INTO rest_framework_api_key_apikey VALUES('" + prefix +
                     "." + hash + "','2025-06-01 10:00:00','build'," + more +
                     ",'" + hash + "','" + prefix + "')");
}

ImportReport ImportTest::Import() {
  DjangoImport wanted;
  wanted.file = django_;
  wanted.signing_key = Secret::CopyOf(secret_);
  wanted.key_owner = kEmail;
  wanted.permissions = {"push", "pull"};
  auto report = harness_.service().operations().ImportDjango(wanted);
  EXPECT_TRUE(report.ok()) << report.status().ToString();
  return report.ok() ? *std::move(report) : ImportReport{};
}

ImportReport ImportTest::ImportLines(const std::vector<std::string>& lines) {
  const std::string path = harness_.folder().File("keys.jsonl");
  {
    std::ofstream file(path);
    for (const std::string& line : lines) file << line << "\n";
  }
  auto report = harness_.service().operations().ImportKeys({path});
  EXPECT_TRUE(report.ok()) << report.status().ToString();
  return report.ok() ? *std::move(report) : ImportReport{};
}

const ImportCount& ImportTest::CountOf(const ImportReport& report,
                                       std::string_view kind) {
  static const ImportCount kNone;
  for (const ImportCount& count : report.counts) {
    if (count.kind == kind) return count;
  }
  ADD_FAILURE() << "no count of " << kind;
  return kNone;
}

std::string ImportTest::Token(const std::string& type,
                              std::chrono::seconds life, const std::string& jti,
                              JsonValue user) const {
  const auto key = JwtSigningKey::FromSharedSecret(Secret::CopyOf(secret_), "");
  JwtClaims claims;
  claims.issued_at = harness_.clock().Now();
  claims.expires_at = claims.issued_at + life;
  claims.jwt_id = jti;
  claims.more = {{"token_type", JsonValue(type)}, {"user_id", std::move(user)}};
  const std::string made = JwtSigner::Create(*key, "JWT")->Sign(claims).value();
  return made;
}

}  // namespace clone_auth::testing
