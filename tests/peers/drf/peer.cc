#include "peers/drf/peer.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>
#include <utility>

namespace clone_auth::testing {

DrfPeer::DrfPeer() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return;
  child_ = fork();
  if (child_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(ends[1], STDOUT_FILENO);
    execl(PEER_PYTHON, PEER_PYTHON, PEER_SERVER, static_cast<char*>(nullptr));
    std::perror(PEER_PYTHON);
    _exit(127);
  }
  close(ends[1]);
  std::string line;
  char c = 0;
  while (read(ends[0], &c, 1) == 1 && c != '\n') line += c;
  close(ends[0]);
  constexpr std::string_view kReady = "listening on ";
  if (line.rfind(kReady, 0) == 0) url_ = line.substr(kReady.size());
}

DrfPeer::~DrfPeer() {
  if (child_ <= 0) return;
  kill(child_, SIGTERM);
  waitpid(child_, nullptr, 0);
}

void DrfTest::SetUp() {
  static const DrfPeer peer;
  ASSERT_NE(peer.url(), "") << "the peer did not start; are its packages here? "
                               "cmake/dependencies.sh installs them";
  url = peer.url();
  auto made = MakeCurlTransport();
  ASSERT_TRUE(made.ok()) << made.status().ToString();
  transport = std::move(made).value();
}

std::unique_ptr<RestClient> DrfTest::Connect(
    std::shared_ptr<CredentialSource> source) {
  RestClientOptions options;
  options.base_url = url;
  options.transport = transport;
  options.credentials = std::move(source);
  auto made = RestClient::Create(std::move(options));
  EXPECT_TRUE(made.ok()) << made.status().ToString();
  return std::move(made).value();
}

SessionTokens DrfTest::SignIn(const std::string& email) {
  auto signed_in = Connect()->Login(email, Secret::CopyOf(kPassword));
  EXPECT_TRUE(signed_in.ok()) << signed_in.status().ToString();
  return std::move(signed_in->tokens);
}

std::shared_ptr<CredentialSource> DrfTest::SourceOf(const Secret& token) {
  auto credential = Credential::Parse(token.Clone());
  EXPECT_TRUE(credential.ok()) << credential.status().ToString();
  EXPECT_TRUE(credential->BindTo(url).ok());
  return MakeStaticSource(std::move(credential).value());
}

}  // namespace clone_auth::testing
