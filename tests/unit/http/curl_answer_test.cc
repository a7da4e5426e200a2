// What answers are taken, and where their size and form end them.

#include <gtest/gtest.h>

#include <string>

#include "unit/http/curl_test_support.h"

namespace clone_auth {
namespace {

using testing::Get;
using testing::GetOnce;
using testing::HttpAnswer;
using testing::MakeTransport;
using testing::Post;
using testing::RawConnection;
using testing::RawServer;

Reason ReasonOf(const std::string& answer) {
  // Closes after the answer, so that what is cut short is seen to be.
  RawServer server([&](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(answer);
  });
  return GetOnce(server.Url("/")).status().reason();
}

TEST(CurlAnswer, CarriesStatusHeadersAndBody) {
  RawServer server(HttpAnswer("418 Teapot", "X-A: 1\r\nx-a:  two \r\n", "hi"));
  const auto answer = GetOnce(server.Url("/path?q=1"));
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(answer->status, 418);
  EXPECT_EQ(answer->body, "hi");
  EXPECT_EQ(*answer->headers.Find("X-A"), "1");
  EXPECT_EQ(answer->headers.Count("x-A"), 2u);
  EXPECT_EQ((answer->headers.begin() + 1)->value, "two");
  EXPECT_EQ(server.requests()[0].rfind("GET /path?q=1 HTTP/1.1\r\n", 0), 0u);
}

TEST(CurlAnswer, R09_OffersNoContentEncodingAndWaitsForNoContinue) {
  RawServer server(HttpAnswer("200 OK", "", "{}"));
  const auto transport = MakeTransport();
  const std::string body(2'000'000, 'x');
  ASSERT_TRUE(transport->Send(Post(server.Url("/"), body), {}).ok());
  const std::string request = server.requests()[0];
  EXPECT_EQ(request.find("Accept-Encoding"), std::string::npos);
  EXPECT_EQ(request.find("Expect"), std::string::npos);
  EXPECT_NE(request.find("Content-Length: 2000000\r\n"), std::string::npos);
  EXPECT_EQ(request.substr(request.size() - body.size()), body);
}

TEST(CurlAnswer, SendsEachMethodWithItsBody) {
  RawServer server([](RawConnection& connection) {
    std::string request;
    while (!(request = connection.ReadRequest()).empty()) {
      const bool head = request.rfind("HEAD ", 0) == 0;
      connection.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
      if (!head) connection.Write("ok");
    }
  });
  const auto transport = MakeTransport();
  for (const char* method :
       {"GET", "HEAD", "OPTIONS", "DELETE", "POST", "PUT", "PATCH"}) {
    SCOPED_TRACE(method);
    HttpRequest request;
    request.method = method;
    request.target = server.Url("/");
    const auto answer = transport->Send(request, {});
    ASSERT_TRUE(answer.ok()) << answer.status().ToString();
    EXPECT_EQ(answer->body, request.method == "HEAD" ? "" : "ok");
    const std::string seen = server.requests().back();
    EXPECT_EQ(seen.rfind(request.method + " / HTTP/1.1", 0), 0u) << seen;
    EXPECT_EQ(seen.find("Content-Type"), std::string::npos);
  }
  HttpRequest put = Post(server.Url("/"), "[1]");
  put.method = "DELETE";
  ASSERT_TRUE(transport->Send(put, {}).ok());
  EXPECT_NE(server.requests().back().find("\r\n\r\n[1]"), std::string::npos);
}

TEST(CurlAnswer, R08_EndsAGigabyteOfChunksAtTheLimit) {
  RawServer server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "10000\r\n" + std::string(65536, 'x') + "\r\n";
    for (int i = 0; i < 16384 && connection.Write(chunk); ++i) {
    }
  });
  const auto answer = GetOnce(server.Url("/"));
  EXPECT_EQ(answer.status().reason(), Reason::kAnswerTooLarge);
  // The rest lies in the kernel's buffers.
  EXPECT_LT(server.written(), 32u * 1024 * 1024);
}

TEST(CurlAnswer, R08_TakesABodyOfTheLimitAndNotOneByteMore) {
  HttpLimits limits;
  limits.max_body = 1000;
  RawServer fits(HttpAnswer("200 OK", "", std::string(1000, 'x')));
  EXPECT_TRUE(GetOnce(fits.Url("/"), limits).ok());
  RawServer larger(HttpAnswer("200 OK", "", std::string(1001, 'x')));
  EXPECT_EQ(GetOnce(larger.Url("/"), limits).status().reason(),
            Reason::kAnswerTooLarge);
}

TEST(CurlAnswer, R19_EndsManyHeadersAtTheLimit) {
  std::string headers;
  while (headers.size() < 2 * 1024 * 1024) headers += "X-Filler: abcdefgh\r\n";
  EXPECT_EQ(ReasonOf(HttpAnswer("200 OK", headers, "{}")),
            Reason::kAnswerTooLarge);
}

TEST(CurlAnswer, R19_EndsOneHeaderLineWithoutEnd) {
  const std::string line = "X-Long: " + std::string(2 * 1024 * 1024, 'x');
  EXPECT_EQ(ReasonOf(HttpAnswer("200 OK", line + "\r\n", "{}")),
            Reason::kAnswerTooLarge);
}

TEST(CurlAnswer, R19_TakesAFewInterimAnswersAndNotAThousand) {
  const std::string interim = "HTTP/1.1 103 Early Hints\r\nX-Old: 1\r\n\r\n";
  std::string many;
  for (int i = 0; i < 1000; ++i) many += interim;
  EXPECT_EQ(ReasonOf(many + HttpAnswer("200 OK", "", "{}")),
            Reason::kAnswerMalformed);

  RawServer server(interim + interim + HttpAnswer("200 OK", "", "{}"));
  const auto answer = GetOnce(server.Url("/"));
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->headers.Find("X-Old"), nullptr);
}

TEST(CurlAnswer, R19_RefusesHttp09) {
  EXPECT_EQ(ReasonOf("{\"id\": 1}"), Reason::kAnswerMalformed);
}

TEST(CurlAnswer, R09_RefusesAnEncodingThatWasNotAskedFor) {
  EXPECT_EQ(ReasonOf(HttpAnswer("200 OK", "Content-Encoding: gzip\r\n", "x")),
            Reason::kAnswerMalformed);
  EXPECT_EQ(
      ReasonOf(HttpAnswer("200 OK", "Content-Encoding: identity\r\n", "x")),
      Reason::kNone);
}

TEST(CurlAnswer, RefusesMalformedHeaderLines) {
  for (const char* line : {"X A: 1\r\n", "X-A: 1\r\n folded: 2\r\n",
                           "X-A: a\x01z\r\n", "X-A\t: 1\r\n"}) {
    SCOPED_TRACE(line);
    EXPECT_EQ(ReasonOf(HttpAnswer("200 OK", line, "{}")),
              Reason::kAnswerMalformed);
  }
}

TEST(CurlAnswer, KeepsTrailersOutOfTheHeaders) {
  RawServer server(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\n{}\r\n0\r\nRetry-After: 9\r\n\r\n");
  const auto answer = GetOnce(server.Url("/"));
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(answer->body, "{}");
  EXPECT_EQ(answer->headers.Find("Retry-After"), nullptr);
}

TEST(CurlAnswer, TakesA204WithoutABody) {
  RawServer server("HTTP/1.1 204 No Content\r\n\r\n");
  const auto answer = GetOnce(server.Url("/"));
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(answer->status, 204);
  EXPECT_EQ(answer->body, "");
}

}  // namespace
}  // namespace clone_auth
