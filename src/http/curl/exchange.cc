#include "http/curl/exchange.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <limits>
#include <utility>

#include "base/wiped_text.h"
#include "http/curl/errors.h"
#include "http/curl/public_address.h"
#include "http/field_text.h"

namespace clone_auth {
namespace {

// Interim answers (1xx) in front of the one that counts.
constexpr int kMaxInterimAnswers = 16;

bool IsToken(std::string_view text) {
  constexpr std::string_view kSymbols = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z') || kSymbols.find(c) != kSymbols.npos;
  });
}

// RFC 9110 section 9.2.2.
bool IsIdempotent(std::string_view method) {
  constexpr std::array<std::string_view, 6> kMethods = {
      "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

bool HasBody(const HttpRequest& request) {
  return !request.body.empty() || request.method == "POST" ||
         request.method == "PUT" || request.method == "PATCH";
}

// libcurl takes zero for "no limit", which nobody here ever means.
long Milliseconds(std::chrono::milliseconds time) {
  const auto count = std::clamp<std::chrono::milliseconds::rep>(
      time.count(), 1, std::numeric_limits<int>::max());
  return static_cast<long>(count);
}

// Header lines for libcurl, wiped when they go: one of them is a credential.
class HeaderLines {
 public:
  HeaderLines() = default;
  HeaderLines(const HeaderLines&) = delete;
  HeaderLines& operator=(const HeaderLines&) = delete;
  ~HeaderLines() {
    for (curl_slist* line = lines_; line != nullptr; line = line->next) {
      WipeBytes(line->data, std::strlen(line->data));
    }
    curl_slist_free_all(lines_);
  }

  void Add(const std::string& line) {
    curl_slist* const lines = curl_slist_append(lines_, line.c_str());
    if (lines == nullptr) {
      complete_ = false;
    } else {
      lines_ = lines;
    }
  }

  void Add(const HttpHeader& field) {
    // libcurl's own notation: without a value, "Name:" means not to send it.
    std::string line;
    const WipedText wiped(line);
    line.reserve(field.name.size() + 2 + field.value.size());
    line.append(field.name).append(field.value.empty() ? ";" : ": ");
    line += field.value;
    Add(line);
  }

  curl_slist* get() const { return lines_; }
  bool complete() const { return complete_; }

 private:
  curl_slist* lines_ = nullptr;
  bool complete_ = true;
};

// Sets options until one fails, so that none is missing unnoticed.
class EasyOptions {
 public:
  explicit EasyOptions(CURL* easy) : easy_(easy) {}

  template <typename T>
  EasyOptions& Set(CURLoption option, T value) {
    if (code_ == CURLE_OK) code_ = curl_easy_setopt(easy_, option, value);
    return *this;
  }

  CURLcode code() const { return code_; }

 private:
  CURL* easy_;
  CURLcode code_ = CURLE_OK;
};

// What never depends on the request. Most of it is libcurl's default and said
// all the same, because a credential hangs on it.
void SetPolicy(EasyOptions& set, const CurlTransportOptions& options) {
  set.Set(CURLOPT_PROTOCOLS_STR, "http,https")
      .Set(CURLOPT_FOLLOWLOCATION, 0L)
      .Set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED))
      .Set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L)
      .Set(CURLOPT_HTTP09_ALLOWED, 0L)
      .Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS))
      .Set(CURLOPT_PATH_AS_IS, 1L)
      .Set(CURLOPT_NOSIGNAL, 1L)
      .Set(CURLOPT_USERAGENT, options.user_agent.c_str())
      .Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2))
      .Set(CURLOPT_SSL_VERIFYPEER, 1L)
      .Set(CURLOPT_SSL_VERIFYHOST, 2L)
      .Set(CURLOPT_PROXY_SSL_VERIFYPEER, 1L)
      .Set(CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
  if (options.ca_file.empty()) return;
  // The folder goes too: the file stands in place of all that is trusted.
  constexpr const char* kNone = nullptr;
  set.Set(CURLOPT_CAINFO, options.ca_file.c_str())
      .Set(CURLOPT_CAPATH, kNone)
      .Set(CURLOPT_PROXY_CAINFO, options.ca_file.c_str())
      .Set(CURLOPT_PROXY_CAPATH, kNone);
}

// Loopback is reached directly: plain http is allowed there because nobody
// else can listen, which is not so on the way to a proxy.
void SetProxy(EasyOptions& set, const CurlTransportOptions& options,
              const Url& url) {
  set.Set(CURLOPT_PROXY, url.IsLoopback() ? "" : options.proxy.c_str())
      .Set(CURLOPT_NOPROXY, "")
      .Set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE))
      .Set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

void SetMethod(EasyOptions& set, const HttpRequest& request) {
  if (request.method == "HEAD") {
    set.Set(CURLOPT_NOBODY, 1L);
    return;
  }
  if (!HasBody(request)) {
    set.Set(CURLOPT_HTTPGET, 1L);
  } else {
    set.Set(CURLOPT_POST, 1L)
        .Set(CURLOPT_POSTFIELDSIZE_LARGE,
             static_cast<curl_off_t>(request.body.size()));
  }
  set.Set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  // libcurl sends a request a second time where a kept connection closes
  // before the answer. With a body OnSeek() decides about that; without one
  // only a new connection rules it out.
  if (request.body.empty() && !IsIdempotent(request.method)) {
    set.Set(CURLOPT_FRESH_CONNECT, 1L);
  }
}

}  // namespace

bool IsHeaderValue(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

Status CheckRequest(const HttpRequest& request) {
  const auto invalid = [](std::string what) {
    return Status(Reason::kInvalidArgument, std::move(what));
  };
  if (!IsToken(request.method)) return invalid("the method is not a token");
  if (!request.body.empty() &&
      (request.method == "GET" || request.method == "HEAD")) {
    return invalid(request.method + " takes no body");
  }
  for (const HttpHeader& field : request.headers) {
    if (!IsToken(field.name)) return invalid("a header name is not a token");
    if (!IsHeaderValue(field.value)) {
      return invalid("a control character in header " + field.name);
    }
    if (EqualsIgnoreAsciiCase(field.name, "Content-Length") ||
        EqualsIgnoreAsciiCase(field.name, "Transfer-Encoding")) {
      return invalid("the transport writes " + field.name + " itself");
    }
  }
  return Status();
}

Result<HttpResponse> Exchange::Perform(const CurlTransportOptions& options) {
  HeaderLines lines;
  for (const HttpHeader& field : request_.headers) lines.Add(field);
  lines.Add("Expect:");
  if (HasBody(request_) && request_.headers.Count("Content-Type") == 0) {
    lines.Add("Content-Type:");
  }
  const std::string target = url_.Origin() + url_.target;

  EasyOptions set(easy_);
  SetPolicy(set, options);
  SetProxy(set, options, url_);
  SetMethod(set, request_);
  set.Set(CURLOPT_URL, target.c_str())
      .Set(CURLOPT_HTTPHEADER, lines.get())
      .Set(CURLOPT_TIMEOUT_MS, Milliseconds(limits_.total))
      .Set(CURLOPT_CONNECTTIMEOUT_MS, Milliseconds(limits_.connect))
      .Set(CURLOPT_HEADERFUNCTION, &Exchange::OnHeader)
      .Set(CURLOPT_HEADERDATA, this)
      .Set(CURLOPT_WRITEFUNCTION, &Exchange::OnBody)
      .Set(CURLOPT_WRITEDATA, this)
      .Set(CURLOPT_READFUNCTION, &Exchange::OnSend)
      .Set(CURLOPT_READDATA, this)
      .Set(CURLOPT_SEEKFUNCTION, &Exchange::OnSeek)
      .Set(CURLOPT_SEEKDATA, this);
  if (options.public_addresses_only) {
    set.Set(CURLOPT_OPENSOCKETFUNCTION, &Exchange::OnOpenSocket)
        .Set(CURLOPT_OPENSOCKETDATA, this);
  }
  if (set.code() != CURLE_OK || !lines.complete()) {
    return Status(Reason::kInternal, "libcurl does not take an option");
  }
  const CURLcode code = curl_easy_perform(easy_);
  if (code == CURLE_COULDNT_CONNECT && refused_address_) {
    Refuse(Reason::kAddressRefused, "its address is not a public one");
  }
  if (!refusal_.ok()) return refusal_;
  if (code != CURLE_OK) return StatusFromCurl(code, easy_, url_);
  return Finish();
}

Result<HttpResponse> Exchange::Finish() {
  long status = 0;
  if (curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK) {
    return Status(Reason::kInternal, "libcurl does not tell the status");
  }
  response_.status = static_cast<int>(status);
  const std::string* const encoding =
      response_.headers.Find("Content-Encoding");
  if (encoding != nullptr && !EqualsIgnoreAsciiCase(*encoding, "identity")) {
    Refuse(Reason::kAnswerMalformed, "an encoding that was not asked for");
    return refusal_;
  }
  return std::move(response_);
}

bool Exchange::Refuse(Reason reason, std::string_view what) {
  refusal_ = Status(reason, url_.Origin() + ": " + std::string(what));
  return false;
}

bool Exchange::TakeHeaderLine(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > limits_.max_headers) {
    return Refuse(Reason::kAnswerTooLarge, "too many header bytes");
  }
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) {
    line.remove_suffix(1);
  }
  if (line.substr(0, 5) == "HTTP/") {
    if (++heads_ > kMaxInterimAnswers + 1) {
      return Refuse(Reason::kAnswerMalformed, "too many interim answers");
    }
    in_head_ = true;
    response_.headers = HttpHeaders();
    return true;
  }
  // What follows the body are trailers, which nothing here may rely on
  // (RFC 9110 section 6.5.1).
  if (!in_head_) return true;
  if (line.empty()) {
    in_head_ = false;
    return true;
  }
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  if (colon == line.npos || !IsToken(name) || !IsHeaderValue(line)) {
    return Refuse(Reason::kAnswerMalformed, "a malformed header line");
  }
  response_.headers.Add(std::string(name),
                        std::string(TrimBlanks(line.substr(colon + 1))));
  return true;
}

bool Exchange::TakeBody(std::string_view bytes) {
  if (bytes.size() > limits_.max_body - response_.body.size()) {
    return Refuse(Reason::kAnswerTooLarge,
                  "more than " + std::to_string(limits_.max_body) + " bytes");
  }
  MakeRoom(response_.body, bytes.size());
  response_.body += bytes;
  return true;
}

// Asked with the very address that is connected to, so that no second look at
// a name can lead elsewhere.
curl_socket_t Exchange::OnOpenSocket(void* exchange, curlsocktype /*purpose*/,
                                     curl_sockaddr* address) noexcept {
  if (!IsPublicAddress(address->addr)) {
    static_cast<Exchange*>(exchange)->refused_address_ = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC,
                address->protocol);
}

// Out of memory is the only thing that is thrown below; libcurl's frames are
// no place for it to pass through.

std::size_t Exchange::OnHeader(char* bytes, std::size_t size, std::size_t count,
                               void* exchange) noexcept try {
  const std::string_view line(bytes, size * count);
  return static_cast<Exchange*>(exchange)->TakeHeaderLine(line) ? line.size()
                                                                : 0;
} catch (...) {
  return 0;
}

std::size_t Exchange::OnBody(char* bytes, std::size_t size, std::size_t count,
                             void* exchange) noexcept try {
  const std::string_view body(bytes, size * count);
  return static_cast<Exchange*>(exchange)->TakeBody(body) ? body.size() : 0;
} catch (...) {
  return 0;
}

std::size_t Exchange::OnSend(char* buffer, std::size_t size, std::size_t count,
                             void* exchange) noexcept {
  auto& self = *static_cast<Exchange*>(exchange);
  const std::size_t room =
      std::min(size * count, self.request_.body.size() - self.sent_);
  std::memcpy(buffer, self.request_.body.data() + self.sent_, room);
  self.sent_ += room;
  return room;
}

int Exchange::OnSeek(void* exchange, curl_off_t offset, int origin) noexcept {
  auto& self = *static_cast<Exchange*>(exchange);
  // Whether the first one took effect nobody can know.
  if (!IsIdempotent(self.request_.method)) return CURL_SEEKFUNC_FAIL;
  if (origin != SEEK_SET || offset != 0) return CURL_SEEKFUNC_CANTSEEK;
  self.sent_ = 0;
  return CURL_SEEKFUNC_OK;
}

}  // namespace clone_auth
