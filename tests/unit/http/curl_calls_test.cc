// What becomes of a request whose calls of libcurl fail. The linker leads the
// library's calls here (--wrap).

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <cstdarg>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "unit/http/curl_test_support.h"

namespace {

// The call that is to fail, after `skip` others of that function.
struct Fault {
  std::string_view function;
  int skip = 0;
  CURLcode code = CURLE_OK;
};
std::optional<Fault> fault;

CURLcode CodeOf(std::string_view function) {
  if (!fault || fault->function != function || fault->skip-- > 0) {
    return CURLE_OK;
  }
  const CURLcode code = fault->code;
  fault.reset();
  return code;
}

}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier): the names are the linker's
extern "C" {

CURLcode __real_curl_global_init_mem(long flags, curl_malloc_callback allocate,
                                     curl_free_callback release,
                                     curl_realloc_callback resize,
                                     curl_strdup_callback copy,
                                     curl_calloc_callback allocate_zeroed);
CURL* __real_curl_easy_init();
CURLcode __real_curl_easy_setopt(CURL* easy, CURLoption option, ...);
CURLcode __real_curl_easy_perform(CURL* easy);
CURLcode __real_curl_easy_getinfo(CURL* easy, CURLINFO info, ...);
curl_slist* __real_curl_slist_append(curl_slist* list, const char* text);

CURLcode __wrap_curl_global_init_mem(long flags, curl_malloc_callback allocate,
                                     curl_free_callback release,
                                     curl_realloc_callback resize,
                                     curl_strdup_callback copy,
                                     curl_calloc_callback allocate_zeroed) {
  const CURLcode code = CodeOf("curl_global_init_mem");
  return code != CURLE_OK
             ? code
             : __real_curl_global_init_mem(flags, allocate, release, resize,
                                           copy, allocate_zeroed);
}

CURL* __wrap_curl_easy_init() {
  return CodeOf("curl_easy_init") != CURLE_OK ? nullptr
                                              : __real_curl_easy_init();
}

// An unsigned number, as the last that is named must not be promoted.
CURLcode __wrap_curl_easy_setopt(CURL* easy, unsigned number, ...) {
  const CURLcode code = CodeOf("curl_easy_setopt");
  if (code != CURLE_OK) return code;
  va_list arguments;
  va_start(arguments, number);
  const auto option = static_cast<CURLoption>(number);
  const bool is_long = option < CURLOPTTYPE_OBJECTPOINT;
  const bool is_offset =
      option >= CURLOPTTYPE_OFF_T && option < CURLOPTTYPE_BLOB;
  CURLcode set;
  if (is_long) {
    set = __real_curl_easy_setopt(easy, option, va_arg(arguments, long));
  } else if (is_offset) {
    set = __real_curl_easy_setopt(easy, option, va_arg(arguments, curl_off_t));
  } else {
    set = __real_curl_easy_setopt(easy, option, va_arg(arguments, void*));
  }
  va_end(arguments);
  return set;
}

// The transfer takes place all the same: what came of it must not be used.
CURLcode __wrap_curl_easy_perform(CURL* easy) {
  const CURLcode code = CodeOf("curl_easy_perform");
  const CURLcode performed = __real_curl_easy_perform(easy);
  return code != CURLE_OK ? code : performed;
}

CURLcode __wrap_curl_easy_getinfo(CURL* easy, unsigned number, ...) {
  const CURLcode code = CodeOf("curl_easy_getinfo");
  if (code != CURLE_OK) return code;
  va_list arguments;
  va_start(arguments, number);
  const CURLcode got = __real_curl_easy_getinfo(
      easy, static_cast<CURLINFO>(number), va_arg(arguments, void*));
  va_end(arguments);
  return got;
}

curl_slist* __wrap_curl_slist_append(curl_slist* list, const char* text) {
  return CodeOf("curl_slist_append") != CURLE_OK
             ? nullptr
             : __real_curl_slist_append(list, text);
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier)

namespace clone_auth {
namespace {

using testing::Brief;
using testing::GetOnce;
using testing::HttpAnswer;
using testing::MakeTransport;
using testing::Post;
using testing::RawConnection;
using testing::RawServer;

class CurlCalls : public ::testing::Test {
 protected:
  Result<HttpResponse> Send() {
    HttpRequest request = Post(server_.Url("/canary"), "{\"r\":\"canary\"}");
    request.headers.Add("Authorization", "Bearer canary");
    return transport_->Send(request, {});
  }

  /// Whether that call was made; it then failed, and the next request went
  /// well.
  bool FailAt(std::string_view function, int skip, CURLcode code) {
    fault = Fault{function, skip, code};
    const auto answer = Send();
    const bool failed = !fault;
    fault.reset();
    EXPECT_EQ(answer.ok(), !failed) << function << " " << skip << " " << code;
    EXPECT_EQ(answer.status().ToString().find("canary"), std::string::npos);
    const auto next = Send();
    EXPECT_TRUE(next.ok()) << next.status().ToString();
    return failed;
  }

  RawServer server_{HttpAnswer("200 OK", "", "{}")};
  std::unique_ptr<HttpTransport> transport_ = MakeTransport();
};

TEST_F(CurlCalls, R30_WhateverATransferEndsWithIsAnErrorAndNothingIsUsedOfIt) {
  for (int code = 1; code < CURL_LAST; ++code) {
    for (const char* function :
         {"curl_easy_perform", "curl_easy_getinfo", "curl_easy_setopt"}) {
      EXPECT_TRUE(FailAt(function, 0, static_cast<CURLcode>(code)));
    }
  }
}

TEST_F(CurlCalls, R30_NoOptionAndNoHeaderLineIsMissingUnnoticed) {
  for (const auto& [function, least] :
       {std::pair("curl_easy_setopt", 25), std::pair("curl_slist_append", 3)}) {
    int calls = 0;
    while (FailAt(function, calls, CURLE_OUT_OF_MEMORY)) ++calls;
    EXPECT_GE(calls, least) << function;
  }
}

TEST_F(CurlCalls, R30_WhereNothingTellsWhatWentOutARequestMayHave) {
  RawServer silent(
      [](RawConnection& connection) { connection.WaitUntilGone(); });
  fault = Fault{"curl_easy_getinfo", 0, CURLE_UNKNOWN_OPTION};
  const auto answer =
      GetOnce("https://127.0.0.1:" + std::to_string(silent.port()), Brief());
  EXPECT_EQ(answer.status().reason(), Reason::kTimeout);
}

TEST_F(CurlCalls, R30_WithoutAHandleThereIsNoTransfer) {
  transport_ = MakeTransport();  // which has none yet
  fault = Fault{"curl_easy_init", 0, CURLE_FAILED_INIT};
  EXPECT_EQ(Send().status().reason(), Reason::kInternal);
  EXPECT_TRUE(Send().ok());
  fault = Fault{"curl_global_init_mem", 0, CURLE_FAILED_INIT};
  EXPECT_EQ(MakeCurlTransport({}).status().reason(), Reason::kInternal);
}

}  // namespace
}  // namespace clone_auth
