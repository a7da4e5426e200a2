// TLS is verified, always.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>

#include "support/test_certificate.h"
#include "unit/http/curl_test_support.h"

namespace clone_auth {
namespace {

using testing::Brief;
using testing::Get;
using testing::GetOnce;
using testing::HttpAnswer;
using testing::MakeTestCertificate;
using testing::MakeTransport;
using testing::RawConnection;
using testing::RawServer;
using testing::RawServerOptions;
using testing::TestCertificate;
using testing::TestFile;

constexpr int kTls11 = 0x0302;
constexpr int kTls12 = 0x0303;

Result<HttpResponse> GetTrusting(const TestCertificate& authority,
                                 const std::string& url) {
  const TestFile file(authority.certificate);
  CurlTransportOptions options;
  options.ca_file = file.path();
  return MakeTransport(options)->Send(
      Get(url, {{"X-Clone-API-Key", "clone_canary"}}), {});
}

void ExpectRefused(const Result<HttpResponse>& answer, const char* why,
                   const RawServer& server) {
  EXPECT_EQ(answer.status().reason(), Reason::kTlsFailed);
  EXPECT_NE(answer.status().message().find(why), std::string_view::npos)
      << answer.status().message();
  EXPECT_EQ(server.received(), "");
}

TEST(CurlTls, R06_ASelfSignedCertificateIsRefused) {
  const TestCertificate certificate = MakeTestCertificate("127.0.0.1");
  RawServer server(HttpAnswer("200 OK", "", "{}"), {&certificate});
  ExpectRefused(GetOnce(server.Url("/")), "self-signed", server);
}

TEST(CurlTls, ACertificateOfTheGivenAuthorityIsTaken) {
  const TestCertificate certificate = MakeTestCertificate("127.0.0.1");
  RawServer server(HttpAnswer("200 OK", "", "{}"), {&certificate});
  const auto answer = GetTrusting(certificate, server.Url("/"));
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(server.offered_protocols(), "h2,http/1.1");
}

TEST(CurlTls, R06_ACertificateForAnotherHostIsRefused) {
  const TestCertificate certificate = MakeTestCertificate("other.example");
  RawServer server(HttpAnswer("200 OK", "", "{}"), {&certificate});
  ExpectRefused(GetTrusting(certificate, server.Url("/")), "another host",
                server);
}

TEST(CurlTls, R06_AnExpiredCertificateIsRefused) {
  const TestCertificate certificate =
      MakeTestCertificate("127.0.0.1", std::chrono::seconds(-60));
  RawServer server(HttpAnswer("200 OK", "", "{}"), {&certificate});
  ExpectRefused(GetTrusting(certificate, server.Url("/")), "expired", server);
}

TEST(CurlTls, R06_ACertificateOfAnotherAuthorityIsRefused) {
  const TestCertificate certificate = MakeTestCertificate("127.0.0.1");
  RawServer server(HttpAnswer("200 OK", "", "{}"), {&certificate});
  ExpectRefused(GetTrusting(MakeTestCertificate("127.0.0.1"), server.Url("/")),
                "certificate", server);
}

TEST(CurlTls, R06_NoEnvironmentVariableAddsAnAuthority) {
  const TestCertificate certificate = MakeTestCertificate("127.0.0.1");
  RawServer server(HttpAnswer("200 OK", "", "{}"), {&certificate});
  const TestFile file(certificate.certificate);
  const char* const names[] = {"SSL_CERT_FILE", "CURL_CA_BUNDLE"};
  for (const char* name : names) setenv(name, file.path().c_str(), 1);
  ExpectRefused(GetOnce(server.Url("/")), "self-signed", server);
  for (const char* name : names) unsetenv(name);
}

TEST(CurlTls, R06_VersionsBefore12AreRefused) {
  const TestCertificate certificate = MakeTestCertificate("127.0.0.1");
  RawServer old(HttpAnswer("200 OK", "", "{}"), {&certificate, kTls11});
  ExpectRefused(GetTrusting(certificate, old.Url("/")), "", old);
  RawServer good(HttpAnswer("200 OK", "", "{}"), {&certificate, kTls12});
  EXPECT_TRUE(GetTrusting(certificate, good.Url("/")).ok());
}

TEST(CurlTls, R06_ACipherThatHidesNothingIsRefused) {
  const TestCertificate certificate = MakeTestCertificate("127.0.0.1");
  RawServerOptions options{&certificate, kTls12};
  options.ciphers = "eNULL";
  RawServer open(HttpAnswer("200 OK", "", "{}"), options);
  ExpectRefused(GetTrusting(certificate, open.Url("/")), "", open);
}

TEST(CurlTls, R02_ARedirectToPlainHttpIsNotFollowed) {
  RawServer plain(HttpAnswer("200 OK", "", "{}"));
  const TestCertificate certificate = MakeTestCertificate("127.0.0.1");
  RawServer server(
      HttpAnswer("302 Found", "Location: " + plain.Url("/") + "\r\n", ""),
      {&certificate});
  const auto answer = GetTrusting(certificate, server.Url("/"));
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(answer->status, 302);
  EXPECT_EQ(plain.connections(), 0);
}

// A peer that agrees on HTTP/2 and then speaks what came before it.
TEST(CurlTls, R19_AnotherProtocolThanTheOneAgreedOnIsRefused) {
  const TestCertificate certificate = MakeTestCertificate("127.0.0.1");
  RawServerOptions options{&certificate};
  options.protocol = "h2";
  RawServer server(HttpAnswer("200 OK", "", "{}"), options);
  const auto answer = GetTrusting(certificate, server.Url("/"));
  EXPECT_EQ(answer.status().reason(), Reason::kConnectionLost)
      << answer.status().ToString();
}

TEST(CurlTls, PlainHttpOnATlsPortFails) {
  RawServer server("HTTP/1.1 400 Bad Request\r\n\r\n");
  const auto answer =
      GetOnce("https://127.0.0.1:" + std::to_string(server.port()), Brief());
  EXPECT_FALSE(answer.ok());
}

TEST(CurlTls, R28_APeerThatBreaksOffRaisesNoSignal) {
  const TestCertificate certificate = MakeTestCertificate("127.0.0.1");
  RawServer server(
      [](RawConnection& connection) {
        connection.Pause(std::chrono::milliseconds(20));
        connection.BreakOff();
      },
      {&certificate});
  const TestFile file(certificate.certificate);
  CurlTransportOptions options;
  options.ca_file = file.path();
  const auto transport = MakeTransport(options);
  struct sigaction action {};
  ASSERT_EQ(sigaction(SIGPIPE, nullptr, &action), 0);
  ASSERT_EQ(action.sa_handler, SIG_DFL);  // a signal would end this test
  const auto answer = transport->Send(
      testing::Post(server.Url("/"), std::string(8'000'000, 'x')), {});
  EXPECT_EQ(answer.status().reason(), Reason::kConnectionLost);
  ASSERT_EQ(sigaction(SIGPIPE, nullptr, &action), 0);
  EXPECT_EQ(action.sa_handler, SIG_DFL);
}

}  // namespace
}  // namespace clone_auth
