#pragma once

// A service with keys of other systems, one of each form.

#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "unit/service/exchange_fixture.h"
#include "unit/service/import_fixture.h"

namespace clone_auth::testing {

inline constexpr char kUnkey[] = "unkey_3ZaQx9Yv";
inline constexpr char kUnkeyHash[] =
    "a4eab64a147456b9c8964b47cf2ebd0c51c9fdfcf109a78fd23bbf1b66848c72";
// The example that prefixed-api-key publishes.
inline constexpr char kSeamKey[] =
    "mycompany_BRTRKFsL_51FwqftsmMDHHbJAMEXXHCgG";
inline constexpr char kSeamHash[] =
    "d70d981d87b449c107327c2a2afbf00d4b58070d6ba571aac35d7ea3e7c79f37";

/// A line for the account kEmail.
inline std::string Line(const std::string& id, const std::string& form,
                        const std::string& hash, const std::string& handle = "",
                        const std::string& more = "") {
  return R"({"id":")" + id + R"(","form":")" + form + R"(","hash":")" + hash +
         R"(","handle":")" + handle + R"(","account":")" + kEmail + "\"" +
         more + "}";
}

class ImportedKeys : public ImportTest {
 protected:
  void SetUp() override { user_ = harness_.NewUser(); }

  /// One key of each form.
  void ImportEach() {
    const ImportReport report = ImportLines(
        {Line("1", "sha256", kUnkeyHash),
         Line("2", "seam", kSeamHash, "BRTRKFsL"),
         Line("3", "django-sha512", Sha512Hash(kFastKey), "Yq3vB8kM"),
         Line("4", "django-pbkdf2", kSlowHash, "Zq3vB8kM")});
    EXPECT_EQ(CountOf(report, "keys").added, 4U);
  }
  static HttpRequest From(const std::string& address, const std::string& key) {
    HttpRequest request = MakeRequest("GET", "/api/auth/me/", {}, ApiKey(key));
    request.peer_address = address;
    return request;
  }
  Answer Report(const std::string& key) {
    return harness_.Post("/api/auth/keys/revoke-leaked/",
                         R"({"key":")" + key + "\"}");
  }
  Answer Swap(const std::string& key) {
    return harness_.Post(
        "/token", kGrant + Subject(key),
        {{"Content-Type", "application/x-www-form-urlencoded"}});
  }
  /// With as many wrong keys as are allowed, from as many addresses.
  void GuessAtTheSlowOne() {
    for (int i = 0; i < 10; ++i) {
      const std::string number = std::to_string(i);
      EXPECT_EQ(
          harness_.Send(From("192.0.2." + number, "Zq3vB8kM.wrong" + number))
              .status(),
          401);
    }
  }
  std::size_t Left() {
    return harness_.service().operations().Statistics().imported_keys_left;
  }
  std::string IdOf(const std::string& label) {
    const auto keys = harness_.service().operations().ListKeys("");
    for (const ApiKeySummary& key : *keys) {
      if (key.label == label) return key.id.ToString();
    }
    return {};
  }

  SignedInUser user_;
};

}  // namespace clone_auth::testing
