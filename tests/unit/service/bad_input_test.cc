#include <cctype>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// An endpoint that takes a body, and the texts that it requires.
struct Taker {
  const char* path;
  bool needs_credential;
  std::vector<const char*> fields;
};

const Taker kTakers[] = {
    {"/api/auth/signup/", false, {"email", "password"}},
    {"/api/auth/login/", false, {"email", "password"}},
    {"/api/auth/logout/", false, {"refresh"}},
    {"/api/auth/token/refresh/", false, {"refresh"}},
    {"/api/auth/invite/validate/", false, {"code"}},
    {"/api/auth/waitlist/", false, {"email"}},
    {"/api/auth/keys/", true, {"label"}},
};

class BadInput : public ::testing::TestWithParam<Taker> {
 protected:
  Answer Send(std::string body, std::string type = "application/json") {
    HttpHeaders headers;
    if (GetParam().needs_credential) {
      if (access_.empty()) access_ = harness_.NewUser().access;
      headers = Bearer(access_);
    }
    if (!type.empty()) headers.Add("Content-Type", type);
    HttpRequest request =
        MakeRequest("POST", GetParam().path, {}, std::move(headers));
    request.body = std::move(body);
    return harness_.Send(request);
  }

  /// {"a": value, "b": value}, each with `message`.
  static std::string ErrorsSaying(const std::string& message) {
    std::string body;
    for (const char* field : GetParam().fields) {
      body += body.empty() ? "{" : ",";
      body += "\"" + std::string(field) + "\":[\"" + message + "\"]";
    }
    return body + "}";
  }

  static std::string EachFieldAs(const std::string& value) {
    std::string body;
    for (const char* field : GetParam().fields) {
      body += body.empty() ? "{" : ",";
      body += "\"" + std::string(field) + "\":" + value;
    }
    return body + "}";
  }

  ServiceHarness harness_;
  std::string access_;
};

TEST_P(BadInput, NamesEveryFieldThatIsMissing) {
  for (const char* body : {"{}", "", R"({"else":1})"}) {
    const Answer answer = Send(body);
    EXPECT_EQ(answer.status(), 400) << body;
    EXPECT_EQ(answer.http.body, ErrorsSaying("This field is required."));
  }
}

TEST_P(BadInput, RefusesNullBlankAndOtherTypes) {
  EXPECT_EQ(Send(EachFieldAs("null")).http.body,
            ErrorsSaying("This field may not be null."));
  EXPECT_EQ(Send(EachFieldAs("\"\"")).http.body,
            ErrorsSaying("This field may not be blank."));
  for (const char* value : {"1", "1.5", "true", "[]", "{}", "[\"a\"]"}) {
    const Answer answer = Send(EachFieldAs(value));
    EXPECT_EQ(answer.status(), 400);
    EXPECT_EQ(answer.http.body, ErrorsSaying("Not a valid string.")) << value;
  }
}

TEST_P(BadInput, RefusesTheNulCharacter) {
  const Answer answer = Send(EachFieldAs(R"("a\u0000b")"));
  EXPECT_EQ(answer.status(), 400);
  EXPECT_EQ(answer.http.body, ErrorsSaying("Null characters are not allowed."));
}

TEST_P(BadInput, RefusesWhatIsNoObject) {
  const Answer list = Send(R"(["x"])");
  EXPECT_EQ(list.status(), 400);
  EXPECT_EQ(list.http.body,
            R"({"non_field_errors":["Invalid data. Expected a dictionary, )"
            R"(but got list."]})");
  for (const auto& [body, type] : {std::pair("\"x\"", "str"),
                                   {"1", "int"},
                                   {"1.5", "float"},
                                   {"true", "bool"},
                                   {"null", "NoneType"}}) {
    EXPECT_THAT(Send(body).http.body,
                HasSubstr(std::string("but got ") + type + "."));
  }
}

TEST_P(BadInput, RefusesMalformedJson) {
  const std::string deep(100, '[');
  const struct {
    std::string body;
    const char* code;
  } cases[] = {
      {"{\"a\":", "json_malformed"},
      {"{} {}", "json_malformed"},
      {"{}x", "json_malformed"},
      {"{'a':1}", "json_malformed"},
      {"{\"a\":\"\xff\xfe\"}", "json_malformed"},
      {std::string("{\"a\":1}\0", 8), "json_malformed"},
      {R"({"email":"a@b.test","email":"c@d.test"})", "json_duplicate_name"},
      {"{\"a\":" + deep + std::string(100, ']') + "}", "json_limit"},
  };
  for (const auto& row : cases) {
    const Answer answer = Send(row.body);
    EXPECT_EQ(answer.status(), 400) << row.body;
    EXPECT_THAT(answer.Text("detail"), StartsWith("JSON parse error - "));
    EXPECT_EQ(answer.Text("code"), row.code) << row.body;
  }
}

TEST_P(BadInput, TakesNoTypeButJson) {
  for (const char* type :
       {"", "text/plain", "application/x-www-form-urlencoded",
        "application/jsonp", "text/json", "application/json,text/plain"}) {
    const Answer answer = Send("{}", type);
    EXPECT_EQ(answer.status(), 415) << type;
    EXPECT_EQ(answer.Text("detail"), "Unsupported media type \"" +
                                         std::string(type) + "\" in request.");
  }
  for (const char* type : {"application/json; charset=utf-8",
                           "Application/JSON", "application/json ;x=y"}) {
    EXPECT_EQ(Send("{}", type).status(), 400) << type;
  }
}

TEST_P(BadInput, RefusesABodyOverTheLimit) {
  const std::size_t limit = 1024 * 1024;
  EXPECT_EQ(Send("{}" + std::string(limit - 2, ' ')).status(), 400);
  const Answer answer = Send("{}" + std::string(limit - 1, ' '));
  EXPECT_EQ(answer.status(), 413);
  EXPECT_EQ(answer.Text("code"), "too_large");
}

INSTANTIATE_TEST_SUITE_P(Endpoints, BadInput, ::testing::ValuesIn(kTakers),
                         [](const ::testing::TestParamInfo<Taker>& taker) {
                           std::string name;
                           for (const char c :
                                std::string(taker.param.path).substr(10)) {
                             if (std::isalpha(static_cast<unsigned char>(c)) !=
                                 0)
                               name += c;
                           }
                           return name;
                         });

TEST(BadEmail, IsRefusedAtSignupAndOnTheWaitlist) {
  ServiceHarness harness;
  for (const char* email :
       {"x", "@", "a@", "@b.test", "a@b", "a b@c.test", "a@b..test",
        ".a@b.test", "a@-b.test", "a@b.test\\r\\nBcc: c@d.test", "a@b@",
        "\\u00e4@b.test", "a@127.0.0.1", "<a@b.test>"}) {
    for (const char* path : {"/api/auth/signup/", "/api/auth/waitlist/"}) {
      const Answer answer =
          harness.Post(path, "{\"email\":\"" + std::string(email) +
                                 "\",\"password\":\"four words in a row\"}");
      EXPECT_EQ(answer.status(), 400) << email;
      EXPECT_EQ(answer.http.body,
                R"({"email":["Enter a valid email address."]})")
          << email;
    }
  }
  const std::string long_one = std::string(250, 'a') + "@b.test";
  EXPECT_EQ(harness.Signup(long_one).http.body,
            R"({"email":["Ensure this field has no more than 254 )"
            R"(characters."]})");
}

TEST(BadPassword, IsRefusedAtSignupWithEachRuleThatItBreaks) {
  ServiceHarness harness;
  const struct {
    std::string password;
    const char* message;
  } cases[] = {
      {"elevenchars", "too short"},
      {"PASSWORD1234", "too common"},
      {"aaaaaaaaaaaaaa", "too common"},
      {"12345678901234", "too common"},
      {std::string(1025, 'x') + "y", "no more than 1024"},
  };
  for (const auto& row : cases) {
    const Answer answer = harness.Signup(kEmail, row.password);
    EXPECT_EQ(answer.status(), 400) << row.password;
    EXPECT_THAT(answer.http.body, StartsWith(R"({"password":[")"))
        << answer.http.body;
    EXPECT_THAT(answer.http.body, HasSubstr(row.message));
  }
  EXPECT_EQ(harness.Signup("x", "password").http.body,
            R"({"email":["Enter a valid email address."],"password":[)"
            R"("This password is too short. It must contain at least 12 )"
            R"(characters.","This password is too common."]})");
}

TEST(BadPassword, HasNoBlanksTakenFromItsEnds) {
  ServiceHarness harness;
  EXPECT_EQ(harness.Signup(kEmail, " four words in a row ").status(), 201);
  EXPECT_EQ(harness.Login().status(), 401);
  EXPECT_EQ(harness.Login(kEmail, " four words in a row ").status(), 200);
}

TEST(BadPassword, OverTheLimitIsNotHashedAtLogin) {
  ServiceHarness harness;
  const Answer answer = harness.Login(kEmail, std::string(1025, 'x'));
  EXPECT_EQ(answer.status(), 400);
  EXPECT_EQ(answer.http.body, R"({"password":["Ensure this field has no more )"
                              R"(than 1024 characters."]})");
}

}  // namespace
}  // namespace clone_auth::testing
