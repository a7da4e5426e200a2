#include "clone/browser.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sys/wait.h>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "support/temporary_folder.h"

namespace clone_auth {
namespace {

using testing::TemporaryFolder;
using testing::WriteFile;

BrowserEnvironment Variables(std::map<std::string, std::string> variables) {
  return [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

// A program in the place of a browser, which tells what it was given through a
// pipe with a name, so that the test waits for it without a clock.
class FakeBrowser {
 public:
  explicit FakeBrowser(const std::string& script) : program_(folder_ / "it") {
    EXPECT_EQ(mkfifo(Pipe().c_str(), 0600), 0);
    WriteFile(program_, "#!/bin/sh\n{ " + script + "; } >'" + Pipe() + "'\n",
              0700);
  }
  const std::string& program() const { return program_; }
  std::string Told() const {
    std::ifstream pipe(Pipe());
    return {std::istreambuf_iterator<char>(pipe), {}};
  }

 private:
  std::string Pipe() const { return folder_ / "pipe"; }
  TemporaryFolder folder_;
  std::string program_;
};

TEST(BrowserTest, O05_RefuseAnythingButAWebAddressToOpen) {
  // Were one of these started, this would be told from the error.
  const auto variables = Variables({{"BROWSER", "/no/such/program"}});
  for (const char* url : {"javascript:alert(1)",
                          "data:text/html,x",
                          "file:///etc/passwd",
                          "",
                          "about:blank",
                          "-version",
                          "--help https://a.example/",
                          "/etc/passwd",
                          "https://a.example/$(x)",
                          "https://a.example/?a=`x`",
                          "https://a.example/?a='x'",
                          "https://a.example/?a=\"x\"",
                          "https://a.example/?a=;x",
                          "https://a.example/?a=|x",
                          "https://a.example/?a=<x>",
                          "https://a.example/ x",
                          "https://a.example/\nx",
                          "https://a.example/\\x",
                          "https://user@a.example/",
                          "https://a.example/\xc3\xa9",
                          "https://$(x).example/",
                          "ftp://a.example/",
                          "https:a.example",
                          " https://a.example/"}) {
    EXPECT_EQ(OpenBrowser(url, variables).reason(), Reason::kUrlMalformed)
        << url;
  }
  const std::string with_nul("https://a.example/\0x", 20);
  EXPECT_EQ(OpenBrowser(with_nul, variables).reason(), Reason::kUrlMalformed);
}

TEST(BrowserTest, O05_TheUrlIsOneArgumentAndNoShellReadsIt) {
  const FakeBrowser browser("printf '%s\\n' \"$#\" \"$@\"");
  const std::string url =
      "https://a.example/authorize?a=b&state=x%20y&c=d,e+f#g";
  ASSERT_TRUE(
      OpenBrowser(url, Variables({{"BROWSER", browser.program()}})).ok());
  EXPECT_EQ(browser.Told(), "1\n" + url + "\n");
}

TEST(BrowserTest, O05_TheProgramIsNoCommandLine) {
  const TemporaryFolder folder;
  const std::string mark = folder / "mark";
  for (const std::string& program :
       {"touch " + mark, "sh -c 'touch " + mark + "'", "true; touch " + mark,
        "$(touch " + mark + ")"}) {
    EXPECT_EQ(
        OpenBrowser("https://a.example/", Variables({{"BROWSER", program}}))
            .reason(),
        Reason::kNotFound)
        << program;
  }
  EXPECT_NE(access(mark.c_str(), F_OK), 0);
}

TEST(BrowserTest, ItsStandardStreamsAreNowhere) {
  const FakeBrowser browser("readlink /proc/self/fd/0 /proc/self/fd/2");
  ASSERT_TRUE(OpenBrowser("https://a.example/",
                          Variables({{"BROWSER", browser.program()}}))
                  .ok());
  EXPECT_EQ(browser.Told(), "/dev/null\n/dev/null\n");
}

TEST(BrowserTest, ItIsNobodysChild) {
  const FakeBrowser browser("echo $$");
  ASSERT_TRUE(OpenBrowser("https://a.example/",
                          Variables({{"BROWSER", browser.program()}}))
                  .ok());
  EXPECT_NE(browser.Told(), "");
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(BrowserTest, WithoutDisplayNothingIsStarted) {
  EXPECT_EQ(OpenBrowser("https://a.example/", Variables({})).reason(),
            Reason::kNotFound);
  EXPECT_EQ(OpenBrowser("https://a.example/",
                        Variables({{"DISPLAY", ""}, {"BROWSER", ""}}))
                .reason(),
            Reason::kNotFound);
}

}  // namespace
}  // namespace clone_auth
