// Answers that are not what the API sends, and what errors give away.

#include "rest/answers.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "clone/json.h"
#include "unit/rest/client_fixture.h"

namespace clone_auth {
namespace {

using testing::ClientTest;
using testing::StubSource;

class AnswersTest : public ClientTest {};

// Each typed call, with its own answer expected, reduced to its status.
std::vector<std::function<Status(RestClient&)>> AllCalls() {
  return {
      [](RestClient& c) {
        return c.Signup({"e", Secret::CopyOf("canary-pw"), "canary-inv"})
            .status();
      },
      [](RestClient& c) {
        return c.Login("e", Secret::CopyOf("canary-pw")).status();
      },
      [](RestClient& c) { return c.Logout(Secret::CopyOf("canary-rt")); },
      [](RestClient& c) {
        return c.Refresh(Secret::CopyOf("canary-rt")).status();
      },
      [](RestClient& c) { return c.Me().status(); },
      [](RestClient& c) { return c.ValidateInvite("canary-inv").status(); },
      [](RestClient& c) { return c.JoinWaitlist("e"); },
      [](RestClient& c) { return c.ListKeys().status(); },
      [](RestClient& c) { return c.IssueKey({}).status(); },
      [](RestClient& c) { return c.GetKey("k").status(); },
      [](RestClient& c) { return c.RevokeKey("k"); },
  };
}

// Whatever is not the API's JSON is one typed error, and the peer's text
// stays out of it.
TEST_F(AnswersTest, R13_AnAnswerThatIsNotTheApisIsMalformed) {
  const std::vector<HttpResponse> answers = {
      {200, {{"Content-Type", "text/html"}}, "<h1>canary</h1>"},
      {200, {{"Content-Type", "text/plain"}}, "{\"access\":\"canary\"}"},
      {200, {{"Content-Type", "application/json"}}, "{\"a\":\"canary"},
      {200, {}, "\xef\xbb\xbf{}"},
      {200, {}, std::string("{\0}\0", 4)},
      {200, {{"Content-Type", "<canary>"}}, "x"},
      {304, {}, ""},
      {101, {}, ""},
  };
  for (const HttpResponse& answer : answers) {
    for (const auto& call : AllCalls()) {
      transport->Push(answer);
      const Status status = call(*client);
      EXPECT_EQ(status.reason(), Reason::kAnswerMalformed);
      EXPECT_EQ(status.http_status(), answer.status);
      EXPECT_EQ(status.ToString().find("canary"), std::string::npos);
    }
  }
}

TEST_F(AnswersTest, R13_AMemberOfAnotherTypeIsMalformed) {
  const struct {
    std::function<Status()> call;
    const char* body;
  } rows[] = {
      {[&] { return client->Me().status(); }, ""},
      {[&] { return client->Me().status(); }, "[]"},
      {[&] { return client->Me().status(); }, "{}"},
      {[&] { return client->Me().status(); }, R"({"id":1.5})"},
      {[&] { return client->Me().status(); }, R"({"id":"1","email":2})"},
      {[&] { return client->Me().status(); },
       R"({"id":"1","organization":"o"})"},
      {[&] { return client->Refresh(Secret()).status(); }, R"({"access":1})"},
      {[&] { return client->Refresh(Secret()).status(); }, R"({"access":""})"},
      {[&] { return client->Refresh(Secret()).status(); },
       R"({"access":"a","refresh":[]})"},
      {[&] { return client->ValidateInvite("c").status(); },
       R"({"valid":"true"})"},
      {[&] { return client->ListKeys().status(); }, R"({"results":[]})"},
      {[&] { return client->ListKeys().status(); },
       R"({"count":1,"results":{}})"},
      {[&] { return client->ListKeys().status(); },
       R"({"count":1,"results":[{"id":null}]})"},
      {[&] { return client->GetKey("k").status(); },
       R"({"id":"k","permissions":"pull"})"},
      {[&] { return client->GetKey("k").status(); },
       R"({"id":"k","permissions":[1]})"},
      {[&] { return client->IssueKey({}).status(); }, R"({"id":"k"})"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.body);
    PushJson(200, row.body);
    const Status status = row.call();
    EXPECT_EQ(status.reason(), Reason::kAnswerMalformed) << status.ToString();
    EXPECT_EQ(status.http_status(), 200);
  }
}

// Every call, every status: a reason, and no secret even where the server
// says back all that it was sent.
TEST_F(AnswersTest, NoErrorHoldsASecret) {
  for (const int code : {301, 400, 401, 403, 404, 409, 413, 418, 422, 500}) {
    const auto echo = std::make_shared<testing::FakeTransport>(
        [&](const HttpRequest& request) -> Result<HttpResponse> {
          std::string said = request.body;
          for (const HttpHeader& field : request.headers) said += field.value;
          JsonWriter json;
          json.BeginObject().Name("field").BeginArray().String(said).EndArray();
          json.Name(said).String(said).EndObject();
          return HttpResponse{code, {}, json.Take()};
        });
    RestClientOptions options;
    options.base_url = "https://api.example";
    options.credentials = source;
    options.transport = echo;
    const auto talker = RestClient::Create(std::move(options));
    ASSERT_TRUE(talker.ok());
    for (const auto& call : AllCalls()) {
      const Status status = call(**talker);
      EXPECT_FALSE(status.ok());
      EXPECT_EQ(status.http_status(), code);
      EXPECT_EQ(status.ToString().find("canary"), std::string::npos)
          << status.ToString();
    }
  }
}

}  // namespace
}  // namespace clone_auth
