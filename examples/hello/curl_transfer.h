#pragma once

// A request on its way through a curl_multi handle. Redirects stay off, as
// they are by default: a credential would follow them.

#include <curl/curl.h>

#include <string>
#include <utility>

#include "clone/http.h"

class CurlTransfer {
 public:
  CurlTransfer(CURLM* multi, const clone_auth::HttpRequest& request)
      : multi_(multi) {
    for (const clone_auth::HttpHeader& field : request.headers) {
      const std::string line = field.name + ": " + field.value;
      fields_ = curl_slist_append(fields_, line.c_str());
    }
    curl_easy_setopt(easy_, CURLOPT_URL, request.target.c_str());
    curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, fields_);
    if (request.method == "POST") {
      curl_easy_setopt(easy_, CURLOPT_COPYPOSTFIELDS, request.body.c_str());
    }
    curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, 30'000L);
    curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, Write);
    curl_easy_setopt(easy_, CURLOPT_WRITEDATA, &answer_.body);
    curl_multi_add_handle(multi_, easy_);
  }
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  ~CurlTransfer() {
    curl_multi_remove_handle(multi_, easy_);
    curl_easy_cleanup(easy_);
    curl_slist_free_all(fields_);
  }

  bool Is(const CURLMsg& message) const { return message.easy_handle == easy_; }

  /// What came of it, once curl says that it is done.
  clone_auth::Result<clone_auth::HttpResponse> Take(const CURLMsg& message) {
    if (message.data.result != CURLE_OK) {
      return clone_auth::Status(clone_auth::Reason::kUnreachable);
    }
    long status = 0;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    answer_.status = static_cast<int>(status);
    curl_header* field = nullptr;
    while ((field = curl_easy_nextheader(easy_, CURLH_HEADER, -1, field))) {
      answer_.headers.Add(field->name, field->value);
    }
    return std::move(answer_);
  }

 private:
  static std::size_t Write(char* data, std::size_t, std::size_t size,
                           void* body) {
    static_cast<std::string*>(body)->append(data, size);
    return size;
  }

  CURLM* multi_;
  CURL* easy_ = curl_easy_init();
  curl_slist* fields_ = nullptr;
  clone_auth::HttpResponse answer_;
};
