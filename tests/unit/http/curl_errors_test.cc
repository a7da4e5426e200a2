// Whatever libcurl ends with is one of our reasons.

#include "http/curl/errors.h"

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace clone_auth {
namespace {

TEST(CurlErrors, R30_EachCodeIsAReasonThatNamesTheServer) {
  const Url url{"https", "api.example", 443, "/path?secret=canary"};
  CURL* const easy = curl_easy_init();
  const std::set<Reason> transport = {
      Reason::kUrlMalformed,    Reason::kUnreachable,
      Reason::kTlsFailed,       Reason::kTimeout,
      Reason::kConnectionLost,  Reason::kAnswerTooLarge,
      Reason::kAnswerMalformed, Reason::kInternal};
  for (int code = 1; code < CURL_LAST; ++code) {
    SCOPED_TRACE(code);
    const Status status =
        StatusFromCurl(static_cast<CURLcode>(code), easy, url);
    EXPECT_EQ(transport.count(status.reason()), 1u) << status.ToString();
    const std::string text = status.ToString();
    EXPECT_NE(text.find("https://api.example:443"), std::string::npos);
    EXPECT_EQ(text.find("canary"), std::string::npos);
    EXPECT_EQ(text.find('\n'), std::string::npos);
  }
  curl_easy_cleanup(easy);
}

TEST(CurlErrors, ATimeoutBeforeAnythingWentOutIsUnreachable) {
  CURL* const easy = curl_easy_init();
  EXPECT_EQ(StatusFromCurl(CURLE_OPERATION_TIMEDOUT, easy,
                           {"https", "api.example", 443, "/"})
                .reason(),
            Reason::kUnreachable);
  curl_easy_cleanup(easy);
}

}  // namespace
}  // namespace clone_auth
