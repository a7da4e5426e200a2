#include "unit/service/peppers_fixture.h"

#include <algorithm>
#include <chrono>
#include <memory>

#include "clone/api_key_digest.h"
#include "clone/sqlite_api_key_store.h"
#include "service/sqlite/database.h"
#include "support/scheme.h"

namespace clone_auth::testing {

using service::Database;
using service::KeyFile;

std::string KeyNumber(int n) {
  return TestScheme().prefix + "older-key-number-" + std::to_string(n);
}

void PeppersTest::AddKeys(int count) {
  const auto account = harness_.Get("/api/auth/me/", Bearer(user_.access));
  harness_.Stop();
  const auto file = Keys();
  ASSERT_TRUE(file.ok());
  const auto store = MakeSqliteApiKeyStore(
      harness_.database(), *file->MakeSealer(), &harness_.clock());
  ASSERT_TRUE(store.ok()) << store.status().ToString();
  ApiKeyRecord record;
  record.owner = *Uuid::Parse(user_.id);
  record.organization =
      *Uuid::Parse(*account.body.Find("organization")->FindString("id"));
  constexpr int kBatch = 10'000;
  for (int n = 0; n < count; n += kBatch) {
    std::vector<ApiKeyRecord> batch;
    for (int i = n; i < std::min(n + kBatch, count); ++i) {
      record.id = *Uuid::Generate(random_);
      record.digest = DigestApiKey(KeyNumber(i));
      batch.push_back(record);
    }
    ASSERT_TRUE((*store)->Insert(batch).ok());
  }
}

void PeppersTest::Change(const char* statement) {
  const auto database =
      Database::Open(harness_.database(), std::chrono::seconds(2));
  ASSERT_TRUE(database.ok() && (*database)->Execute(statement).ok());
}

Result<KeyFile> PeppersTest::Keys() {
  return KeyFile::Load(harness_.database() + ".keys",
                       TestOptions(&harness_.clock()));
}

std::vector<std::uint32_t> PeppersTest::PepperIds() {
  std::vector<std::uint32_t> ids;
  const auto list = operations().ListPeppers();
  for (const PepperSummary& pepper : *list) ids.push_back(pepper.id);
  return ids;
}

bool PeppersTest::Verifies(IdentityService& service, const std::string& key) {
  return service.Handle(MakeRequest("GET", "/api/auth/me/", {}, KeyHeader(key)))
             .status == 200;
}

int PeppersTest::CountGood(IdentityService& service, int count) {
  int good = 0;
  for (int i = 0; i < count; ++i) good += Verifies(service, KeyNumber(i));
  return good;
}

void PeppersTest::Finish(IdentityService& service) {
  while (service.operations().PepperProgress().running) {
    service.Handle(
        MakeRequest("POST", "/api/auth/waitlist/", R"({"email":"a@b.test"})"));
  }
}

}  // namespace clone_auth::testing
