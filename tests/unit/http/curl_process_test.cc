// Requests of a process that is short of something, or is disturbed. Each is a
// child of its own.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include "unit/http/curl_test_support.h"

#ifndef CLONE_AUTH_SANITIZE_THREAD  // which does not follow a fork of threads

namespace clone_auth {
namespace {

using testing::GetOnce;
using testing::HttpAnswer;
using testing::RawConnection;
using testing::RawServer;

/// Runs `holds` in a forked process; true if it returns true there.
template <typename Holds>
bool HoldsInChild(const Holds& holds) {
  const pid_t child = fork();
  if (child == 0) _exit(holds() ? 0 : 1);
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool AllowDescriptors(rlim_t count) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  limit.rlim_cur = count;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

TEST(CurlProcess, R28_NeedsNoStandardStreams) {
  RawServer server(HttpAnswer("200 OK", "", "{}"));
  EXPECT_TRUE(HoldsInChild([&] {
    for (const int stream : {0, 1, 2}) close(stream);
    const auto answer = GetOnce(server.Url("/"));
    return answer.ok() && answer->body == "{}";
  }));
}

TEST(CurlProcess, R28_DescriptorsBeyond1024AreLikeAnyOther) {
  RawServer server(HttpAnswer("200 OK", "", "{}"));
  EXPECT_TRUE(HoldsInChild([&] {
    if (!AllowDescriptors(2048)) return false;
    while (open("/dev/null", O_RDONLY) < 1100) {
    }
    return GetOnce(server.Url("/")).ok();
  }));
}

TEST(CurlProcess, R28_WithoutDescriptorsARequestFailsAndLaterOnesGoWell) {
  RawServer server(HttpAnswer("200 OK", "", "{}"));
  EXPECT_TRUE(HoldsInChild([&] {
    // A sanitizer takes descriptors where it sees a type for the first time.
    if (!GetOnce(server.Url("/")).ok()) return false;
    if (!AllowDescriptors(64)) return false;
    std::vector<int> taken;
    for (int file; (file = open("/dev/null", O_RDONLY)) >= 0;) {
      taken.push_back(file);
    }
    const auto without = GetOnce(server.Url("/"));
    if (without.status().reason() != Reason::kUnreachable) return false;
    // However few there are, it is done or it is an error.
    for (int i = 0; i < 8; ++i) {
      close(taken.back());
      taken.pop_back();
      (void)GetOnce(server.Url("/"));
    }
    return GetOnce(server.Url("/")).ok();
  }));
}

volatile std::sig_atomic_t interruptions = 0;

TEST(CurlProcess, R28_InterruptedCallsGoOn) {
  RawServer server([](RawConnection& connection) {
    connection.ReadRequest();
    for (const char c : HttpAnswer("200 OK", "", "{}")) {
      connection.Write(std::string(1, c));
      connection.Pause(std::chrono::milliseconds(5));
    }
  });
  EXPECT_TRUE(HoldsInChild([&] {
    struct sigaction action {};  // without SA_RESTART
    action.sa_handler = [](int) { interruptions = interruptions + 1; };
    sigaction(SIGALRM, &action, nullptr);
    const itimerval each{{0, 1000}, {0, 1000}};  // a millisecond
    setitimer(ITIMER_REAL, &each, nullptr);
    const auto answer = GetOnce(server.Url("/"));
    return answer.ok() && answer->body == "{}" && interruptions > 10;
  }));
}

}  // namespace
}  // namespace clone_auth

#endif
