#include "http/curl/errors.h"

#include <array>
#include <string>
#include <string_view>

namespace clone_auth {
namespace {

struct CodeRow {
  CURLcode code;
  Reason reason;
};

// What is not listed cannot come of the requests that are made here.
constexpr std::array kCodes = {
    // The scheme was checked before: this is an HTTP/0.9 answer.
    CodeRow{CURLE_UNSUPPORTED_PROTOCOL, Reason::kAnswerMalformed},
    CodeRow{CURLE_URL_MALFORMAT, Reason::kUrlMalformed},
    CodeRow{CURLE_COULDNT_RESOLVE_PROXY, Reason::kUnreachable},
    CodeRow{CURLE_COULDNT_RESOLVE_HOST, Reason::kUnreachable},
    CodeRow{CURLE_COULDNT_CONNECT, Reason::kUnreachable},
    CodeRow{CURLE_PROXY, Reason::kUnreachable},
    CodeRow{CURLE_INTERFACE_FAILED, Reason::kUnreachable},
    CodeRow{CURLE_WEIRD_SERVER_REPLY, Reason::kAnswerMalformed},
    CodeRow{CURLE_BAD_CONTENT_ENCODING, Reason::kAnswerMalformed},
    // One line that is longer than what libcurl buffers.
    CodeRow{CURLE_OUT_OF_MEMORY, Reason::kAnswerTooLarge},
    CodeRow{CURLE_FILESIZE_EXCEEDED, Reason::kAnswerTooLarge},
    CodeRow{CURLE_OPERATION_TIMEDOUT, Reason::kTimeout},
    CodeRow{CURLE_HTTP2, Reason::kConnectionLost},
    CodeRow{CURLE_HTTP2_STREAM, Reason::kConnectionLost},
    CodeRow{CURLE_PARTIAL_FILE, Reason::kConnectionLost},
    CodeRow{CURLE_GOT_NOTHING, Reason::kConnectionLost},
    CodeRow{CURLE_SEND_ERROR, Reason::kConnectionLost},
    CodeRow{CURLE_RECV_ERROR, Reason::kConnectionLost},
    CodeRow{CURLE_SEND_FAIL_REWIND, Reason::kConnectionLost},
    CodeRow{CURLE_SSL_CONNECT_ERROR, Reason::kTlsFailed},
    CodeRow{CURLE_SSL_ENGINE_NOTFOUND, Reason::kTlsFailed},
    CodeRow{CURLE_SSL_ENGINE_SETFAILED, Reason::kTlsFailed},
    CodeRow{CURLE_SSL_ENGINE_INITFAILED, Reason::kTlsFailed},
    CodeRow{CURLE_SSL_CERTPROBLEM, Reason::kTlsFailed},
    CodeRow{CURLE_SSL_CIPHER, Reason::kTlsFailed},
    CodeRow{CURLE_PEER_FAILED_VERIFICATION, Reason::kTlsFailed},
    CodeRow{CURLE_USE_SSL_FAILED, Reason::kTlsFailed},
    CodeRow{CURLE_SSL_CACERT_BADFILE, Reason::kTlsFailed},
    CodeRow{CURLE_SSL_CRL_BADFILE, Reason::kTlsFailed},
    CodeRow{CURLE_SSL_ISSUER_ERROR, Reason::kTlsFailed},
    CodeRow{CURLE_SSL_PINNEDPUBKEYNOTMATCH, Reason::kTlsFailed},
    CodeRow{CURLE_SSL_INVALIDCERTSTATUS, Reason::kTlsFailed},
    CodeRow{CURLE_SSL_CLIENTCERT, Reason::kTlsFailed},
};

struct VerifyRow {
  long result;
  std::string_view text;
};

// The numbers are those of X509_verify_cert (OpenSSL). The host name is
// checked by libcurl itself, which leaves "unspecified" then.
constexpr std::array kVerifyResults = {
    VerifyRow{1, "the certificate is for another host"},
    VerifyRow{9, "the certificate is not valid yet"},
    VerifyRow{10, "the certificate has expired"},
    VerifyRow{18, "the certificate is self-signed"},
    VerifyRow{19, "the certificate's authority is not trusted"},
    VerifyRow{20, "the certificate's authority is not known"},
    VerifyRow{21, "the certificate's authority is not known"},
};

Reason ReasonFromCode(CURLcode code) {
  for (const CodeRow& row : kCodes) {
    if (row.code == code) return row.reason;
  }
  return Reason::kInternal;
}

std::string_view Detail(CURLcode code, CURL* easy) {
  if (code == CURLE_PEER_FAILED_VERIFICATION) {
    long result = 0;
    curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &result);
    for (const VerifyRow& row : kVerifyResults) {
      if (row.result == result) return row.text;
    }
  }
  if (code == CURLE_OUT_OF_MEMORY) return "a header line is too long";
  return curl_easy_strerror(code);
}

}  // namespace

Status StatusFromCurl(CURLcode code, CURL* easy, const Url& url) {
  Reason reason = ReasonFromCode(code);
  std::string_view detail = Detail(code, easy);
  if (code == CURLE_OPERATION_TIMEDOUT) {
    // Where no byte of the request went out, it is safe to send it again.
    long sent = 0;
    const CURLcode told = curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
    if (told == CURLE_OK && sent == 0) {
      reason = Reason::kUnreachable;
      detail = "no connection in time";
    } else {
      detail = "no complete answer in time";
    }
  }
  return Status(reason, url.Origin() + ": " + std::string(detail));
}

}  // namespace clone_auth
