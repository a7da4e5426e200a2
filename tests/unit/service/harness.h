#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clone/api_key_sealer.h"
#include "clone/http.h"
#include "clone/json.h"
#include "clone/service.h"
#include "clone/testing/fake_clock.h"
#include "service/audit.h"
#include "service/revocation_log.h"

namespace clone_auth::testing {

inline constexpr char kEmail[] = "ann@example.test";
inline constexpr char kPassword[] = "four words in a row";

/// A folder that goes with its contents.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string File(std::string_view name) const;
  /// Every byte of every file in it.
  std::string Contents() const;

 private:
  std::filesystem::path path_;
};

/// A revocation log that was just made.
std::unique_ptr<service::RevocationLog> NewLog(const std::string& path);

/// With a key of 32 times 'a'.
service::AuditChain TestAuditChain();

/// A sealer of one pepper.
std::shared_ptr<const ApiKeySealer> TestSealer(std::uint32_t pepper_id = 1);

/// Options with a fake clock's time and a cheap Argon2id.
ServiceOptions TestOptions(const Clock* clock);

/// An answer with its body read.
struct Answer {
  HttpResponse http;
  JsonValue body;

  int status() const { return http.status; }
  /// The string at `name`; empty where there is none.
  std::string Text(std::string_view name) const;
  std::string Header(std::string_view name) const;
};

HttpRequest MakeRequest(std::string method, std::string target,
                        std::string body = {}, HttpHeaders headers = {});
HttpHeaders Bearer(const std::string& token);
HttpHeaders KeyHeader(const std::string& key);

/// {"email": ..., "password": ...}
std::string Credentials(std::string_view email, std::string_view password);
std::string RefreshBody(const std::string& token);

struct SignedInUser {
  std::string id;
  std::string access;
  std::string refresh;
};

/// A service on a real file, and short ways to talk to it.
class ServiceHarness {
 public:
  explicit ServiceHarness(ServiceOptions options);
  ServiceHarness() : ServiceHarness(TestOptions(nullptr)) {}

  IdentityService& service() { return *service_; }
  const FakeClock& clock() const { return clock_; }
  ServiceOptions& options() { return options_; }
  std::string database() const { return folder_.File("auth.db"); }
  const TemporaryFolder& folder() const { return folder_; }

  /// Ends the service.
  void Stop() { service_.reset(); }
  /// Ends it, if it runs, and opens the same files anew.
  void Restart();

  Answer Send(const HttpRequest& request);
  Answer Get(std::string target, HttpHeaders headers = {});
  Answer Post(std::string target, std::string body, HttpHeaders headers = {});
  Answer Delete(std::string target, HttpHeaders headers = {});

  Answer Signup(std::string_view email = kEmail,
                std::string_view password = kPassword);
  Answer Login(std::string_view email = kEmail,
               std::string_view password = kPassword);
  Answer Refresh(const std::string& token, HttpHeaders headers = {});
  Answer Logout(const std::string& token);
  Answer Me(HttpHeaders headers);
  /// Signs up and in.
  SignedInUser NewUser(std::string_view email = kEmail);
  /// The answer to issuing a key with this body.
  Answer IssueKey(const std::string& body, HttpHeaders headers);

 private:
  TemporaryFolder folder_;
  FakeClock clock_;
  ServiceOptions options_;
  std::unique_ptr<IdentityService> service_;
};

}  // namespace clone_auth::testing
