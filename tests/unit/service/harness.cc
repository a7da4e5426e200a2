#include "unit/service/harness.h"

#include <stdlib.h>

#include <fstream>
#include <iterator>

#include "gtest/gtest.h"
#include "support/scheme.h"

namespace clone_auth::testing {

TemporaryFolder::TemporaryFolder() {
  std::string pattern =
      (std::filesystem::temp_directory_path() / "service_test.XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::File(std::string_view name) const {
  return (path_ / name).string();
}

std::string TemporaryFolder::Contents() const {
  std::string all;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    std::ifstream file(entry.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(file), {});
  }
  return all;
}

std::shared_ptr<const ApiKeySealer> TestSealer(std::uint32_t pepper_id) {
  std::vector<Pepper> peppers(1);
  peppers[0].id = pepper_id;
  peppers[0].secret = Secret::CopyOf(std::string(32, 'p'));
  return std::make_shared<const ApiKeySealer>(
      ApiKeySealer::Create(std::move(peppers)).value());
}

std::unique_ptr<service::RevocationLog> NewLog(const std::string& path) {
  auto made =
      service::RevocationLog::Make(path, *Uuid::Generate(SystemRandom()));
  EXPECT_TRUE(made.ok()) << made.status().ToString();
  return made.ok() ? *std::move(made) : nullptr;
}

service::AuditChain TestAuditChain() {
  return service::AuditChain(Secret::CopyOf(std::string(32, 'a')));
}

ServiceOptions TestOptions(const Clock* clock) {
  ServiceOptions options;
  options.issuer = "https://auth.example.test";
  options.scheme = TestScheme();
  options.passwords.argon2_memory_bytes = 8 * 1024;
  options.passwords.argon2_passes = 1;
  options.clock = clock;
  return options;
}

std::string Answer::Text(std::string_view name) const {
  const std::string* text = body.FindString(name);
  return text == nullptr ? std::string() : *text;
}

std::string Answer::Header(std::string_view name) const {
  const std::string* value = http.headers.Find(name);
  return value == nullptr ? std::string() : *value;
}

HttpRequest MakeRequest(std::string method, std::string target,
                        std::string body, HttpHeaders headers) {
  HttpRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers = std::move(headers);
  if (!body.empty() && request.headers.Find("Content-Type") == nullptr) {
    request.headers.Add("Content-Type", "application/json");
  }
  request.body = std::move(body);
  request.peer_address = "192.0.2.1";
  return request;
}

HttpHeaders Bearer(const std::string& token) {
  return {{"Authorization", "Bearer " + token}};
}

HttpHeaders KeyHeader(const std::string& key) {
  return {{TestScheme().header, key}};
}

std::string Credentials(std::string_view email, std::string_view password) {
  JsonWriter body;
  body.BeginObject().Name("email").String(email);
  return body.Name("password").String(password).EndObject().Take();
}

std::string RefreshBody(const std::string& token) {
  JsonWriter body;
  return body.BeginObject().Name("refresh").String(token).EndObject().Take();
}

ServiceHarness::ServiceHarness(ServiceOptions options)
    : options_(std::move(options)) {
  options_.clock = &clock_;
  Restart();
}

void ServiceHarness::Restart() {
  service_.reset();
  auto opened = IdentityService::OpenSqlite(database(), options_);
  ASSERT_TRUE(opened.ok()) << opened.status().ToString();
  service_ = std::move(opened).value();
}

Answer ServiceHarness::Send(const HttpRequest& request) {
  Answer answer;
  answer.http = service_->Handle(request);
  if (answer.http.body.empty()) return answer;
  auto body = JsonValue::Parse(answer.http.body);
  EXPECT_TRUE(body.ok()) << answer.http.body;
  if (body.ok()) answer.body = std::move(body).value();
  return answer;
}

Answer ServiceHarness::Get(std::string target, HttpHeaders headers) {
  return Send(MakeRequest("GET", std::move(target), {}, std::move(headers)));
}

Answer ServiceHarness::Post(std::string target, std::string body,
                            HttpHeaders headers) {
  return Send(MakeRequest("POST", std::move(target), std::move(body),
                          std::move(headers)));
}

Answer ServiceHarness::Delete(std::string target, HttpHeaders headers) {
  return Send(MakeRequest("DELETE", std::move(target), {}, std::move(headers)));
}

Answer ServiceHarness::Signup(std::string_view email,
                              std::string_view password) {
  return Post("/api/auth/signup/", Credentials(email, password));
}

Answer ServiceHarness::Login(std::string_view email,
                             std::string_view password) {
  return Post("/api/auth/login/", Credentials(email, password));
}

Answer ServiceHarness::Refresh(const std::string& token, HttpHeaders headers) {
  return Post("/api/auth/token/refresh/", RefreshBody(token),
              std::move(headers));
}

Answer ServiceHarness::Logout(const std::string& token) {
  return Post("/api/auth/logout/", RefreshBody(token));
}

Answer ServiceHarness::Me(HttpHeaders headers) {
  return Get("/api/auth/me/", std::move(headers));
}

SignedInUser ServiceHarness::NewUser(std::string_view email) {
  const Answer signup = Signup(email);
  EXPECT_EQ(signup.status(), 201) << signup.http.body;
  const Answer login = Login(email);
  EXPECT_EQ(login.status(), 200) << login.http.body;
  return {signup.Text("id"), login.Text("access"), login.Text("refresh")};
}

Answer ServiceHarness::IssueKey(const std::string& body, HttpHeaders headers) {
  return Post("/api/auth/keys/", body, std::move(headers));
}

}  // namespace clone_auth::testing
