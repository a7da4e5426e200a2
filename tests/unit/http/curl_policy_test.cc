// Where a request may go, and what goes with it.

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "support/temporary_folder.h"
#include "unit/http/curl_test_support.h"

namespace clone_auth {
namespace {

using testing::Brief;
using testing::Get;
using testing::GetOnce;
using testing::HttpAnswer;
using testing::MakeTransport;
using testing::Post;
using testing::RawServer;

TEST(CurlPolicy, R01_R03_R04_R05_NothingReachesTheTargetOfARedirect) {
  RawServer elsewhere(HttpAnswer("200 OK", "", "{}"));
  for (const char* status : {"301 Moved", "302 Found", "303 See Other",
                             "307 Temporary", "308 Permanent"}) {
    for (const std::string& location :
         {"Location: " + elsewhere.Url("/stolen") + "\r\n",
          "Location: //127.0.0.1:" + std::to_string(elsewhere.port()) + "\r\n",
          std::string("Location: file:///etc/passwd\r\n"),
          std::string("Location: ftp://127.0.0.1/\r\n"),
          std::string("Location: gopher://127.0.0.1/\r\n"),
          std::string("Location: dict://127.0.0.1/\r\n"),
          std::string("Location: /\r\n"),  // for ever
          std::string("Location: other\r\n"), std::string("Location:\r\n"),
          std::string()}) {
      SCOPED_TRACE(std::string(status) + " " + location);
      RawServer server(HttpAnswer(status, location, ""));
      HttpRequest request = Post(server.Url("/"), "{\"refresh\":\"r-canary\"}");
      request.headers.Add("X-Clone-API-Key", "clone_canary");
      request.headers.Add("Authorization", "Bearer canary");
      const auto answer = MakeTransport()->Send(request, {});
      ASSERT_TRUE(answer.ok()) << answer.status().ToString();
      EXPECT_EQ(answer->status / 100, 3);
      EXPECT_EQ(server.requests().size(), 1u);
    }
  }
  EXPECT_EQ(elsewhere.connections(), 0);
  EXPECT_EQ(elsewhere.received(), "");
}

TEST(CurlPolicy, R02_PlainHttpIsForLoopbackUnlessSpelledOut) {
  const auto answer = GetOnce("http://api.example.test/");
  EXPECT_EQ(answer.status().reason(), Reason::kInsecureUrl);
}

TEST(CurlPolicy, R04_RefusesWhatIsNoHttpUrl) {
  for (const char* url : {"", "/path", "file:///etc/passwd", "ftp://127.0.0.1/",
                          "http://user@127.0.0.1/", "http://127.0.0.1/a b",
                          "http://127.0.0.1/\r\nX-Injected: 1"}) {
    SCOPED_TRACE(url);
    EXPECT_EQ(GetOnce(url).status().reason(), Reason::kUrlMalformed);
  }
}

class ScopedEnvironment {
 public:
  ScopedEnvironment(const char* name, const std::string& value) : name_(name) {
    const char* const before = std::getenv(name);
    if (before != nullptr) before_ = before;
    setenv(name, value.c_str(), 1);
  }
  ~ScopedEnvironment() {
    if (before_) {
      setenv(name_, before_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

TEST(CurlPolicy, R07_ReadsNoNetrcAndNoProxyFromTheEnvironment) {
  RawServer server(HttpAnswer("200 OK", "", "{}"));
  RawServer proxy(HttpAnswer("200 OK", "", "{}"));
  const testing::TemporaryFolder home;
  testing::WriteFile(home / ".netrc",
                     "machine 127.0.0.1 login u password netrc-canary\n"
                     "default login u password netrc-canary\n");
  const std::string proxy_url =
      "http://user:pw@127.0.0.1:" + std::to_string(proxy.port());
  const ScopedEnvironment a("HOME", home.path());
  const ScopedEnvironment b("NETRC", home / ".netrc");
  const ScopedEnvironment c("http_proxy", proxy_url);
  const ScopedEnvironment d("https_proxy", proxy_url);
  const ScopedEnvironment e("ALL_PROXY", proxy_url);
  CurlTransportOptions options;
  options.allow_insecure_http = true;
  const auto transport = MakeTransport(options);
  ASSERT_TRUE(transport->Send(Get(server.Url("/")), {}).ok());
  EXPECT_EQ(server.received().find("Authorization"), std::string::npos);
  // Loopback has no proxy in any case; these would have that of the variables.
  for (const char* url :
       {"http://nobody.invalid/", "https://nobody.invalid/"}) {
    EXPECT_EQ(transport->Send(Get(url), Brief()).status().reason(),
              Reason::kUnreachable);
  }
  EXPECT_EQ(proxy.connections(), 0);
}

TEST(CurlPolicy, R07_AProxyIsUsedWhenGivenAndNeverForLoopback) {
  RawServer proxy(HttpAnswer("200 OK", "", "proxied"));
  RawServer server(HttpAnswer("200 OK", "", "direct"));
  const ScopedEnvironment no_proxy("NO_PROXY", "*");
  CurlTransportOptions options;
  options.proxy = proxy.Url();
  options.allow_insecure_http = true;
  const auto transport = MakeTransport(options);
  const auto proxied = transport->Send(Get("http://api.example.test/x"), {});
  ASSERT_TRUE(proxied.ok()) << proxied.status().ToString();
  EXPECT_EQ(proxied->body, "proxied");
  EXPECT_EQ(proxy.requests()[0].rfind("GET http://api.example.test/x ", 0), 0u);
  const auto direct = transport->Send(Get(server.Url("/")), {});
  ASSERT_TRUE(direct.ok()) << direct.status().ToString();
  EXPECT_EQ(direct->body, "direct");
}

TEST(CurlPolicy, R07_AProxySeesNoCredentialInFrontOfATunnel) {
  RawServer proxy("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  CurlTransportOptions options;
  options.proxy = proxy.Url();
  const auto answer = MakeTransport(options)->Send(
      Get("https://api.example.test/", {{"X-Clone-API-Key", "clone_canary"}}),
      {});
  EXPECT_FALSE(answer.ok());
  EXPECT_EQ(proxy.requests()[0].rfind("CONNECT api.example.test:443 ", 0), 0u);
  EXPECT_EQ(proxy.received().find("canary"), std::string::npos);
}

TEST(CurlPolicy, R21_KeepsNoCookies) {
  RawServer server(HttpAnswer("200 OK", "Set-Cookie: id=canary\r\n", "{}"));
  const auto transport = MakeTransport();
  ASSERT_TRUE(transport->Send(Get(server.Url("/")), {}).ok());
  ASSERT_TRUE(transport->Send(Get(server.Url("/")), {}).ok());
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(server.received().find("canary"), std::string::npos);
}

TEST(CurlPolicy, SendsThePathAsItIs) {
  RawServer server(HttpAnswer("200 OK", "", "{}"));
  ASSERT_TRUE(GetOnce(server.Url("/a/../b/%2e%2e/c?x=%20")).ok());
  EXPECT_EQ(server.requests()[0].rfind("GET /a/../b/%2e%2e/c?x=%20 HTTP", 0),
            0u);
}

TEST(CurlPolicy, RefusesWhatWouldWriteASecondHeader) {
  RawServer server(HttpAnswer("200 OK", "", "{}"));
  const HttpHeaders bad[] = {
      {{"X-A", "canary\r\nX-B: 1"}},
      {{"X-A", "canary\n"}},
      {{"X-A", std::string("canary\0", 7)}},
      {{"X-A", "canary\x7f"}},
      {{"X A", "canary"}},
      {{"X-A:", "canary"}},
      {{"", "canary"}},
      {{"Content-Length", "5"}},
      {{"transfer-encoding", "chunked"}},
  };
  const auto transport = MakeTransport();
  for (const HttpHeaders& headers : bad) {
    SCOPED_TRACE(headers.begin()->name);
    const auto answer = transport->Send(Get(server.Url("/"), headers), {});
    EXPECT_EQ(answer.status().reason(), Reason::kInvalidArgument);
    EXPECT_EQ(answer.status().message().find("canary"), std::string_view::npos);
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST(CurlPolicy, RefusesAMethodThatIsNoTokenAndABodyOnAGet) {
  RawServer server(HttpAnswer("200 OK", "", "{}"));
  const auto transport = MakeTransport();
  HttpRequest request = Get(server.Url("/"));
  request.method = "GET / HTTP/1.1\r\nX: ";
  EXPECT_EQ(transport->Send(request, {}).status().reason(),
            Reason::kInvalidArgument);
  request.method = "GET";
  request.body = "{}";
  EXPECT_EQ(transport->Send(request, {}).status().reason(),
            Reason::kInvalidArgument);
  EXPECT_EQ(server.connections(), 0);
}

TEST(CurlPolicy, SendsHeadersAsGivenEmptyOnesIncluded) {
  RawServer server(HttpAnswer("200 OK", "", "{}"));
  CurlTransportOptions options;
  options.user_agent = "walkthrough/1";
  const auto transport = MakeTransport(options);
  ASSERT_TRUE(
      transport
          ->Send(Get(server.Url("/"), {{"X-A", "a\tb"}, {"X-Empty", ""}}), {})
          .ok());
  const std::string request = server.requests()[0];
  EXPECT_NE(request.find("\r\nX-A: a\tb\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\nX-Empty:\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\nUser-Agent: walkthrough/1\r\n"),
            std::string::npos);
}

TEST(CurlPolicy, RefusesOptionsThatCannotHold) {
  CurlTransportOptions no_file;
  no_file.ca_file = "/nowhere/ca.pem";
  EXPECT_EQ(MakeCurlTransport(no_file).status().reason(),
            Reason::kInvalidArgument);
  CurlTransportOptions agent;
  agent.user_agent = "a\r\nX-Injected: 1";
  EXPECT_EQ(MakeCurlTransport(agent).status().reason(),
            Reason::kInvalidArgument);
}

}  // namespace
}  // namespace clone_auth
