#include "oauth/callback_request.h"

#include "clone/http.h"
#include "http/field_text.h"

namespace clone_auth {
namespace {

// Takes what stands before `mark` off `text`, and the mark with it.
std::string_view TakeUntil(std::string_view mark, std::string_view& text) {
  const std::size_t at = text.find(mark);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size()
                                                  : at + mark.size());
  return taken;
}

bool IsForHost(std::string_view fields, std::string_view authority) {
  int hosts = 0;
  while (!fields.empty()) {
    std::string_view value = TakeUntil("\r\n", fields);
    if (!EqualsIgnoreAsciiCase(TakeUntil(":", value), "Host")) continue;
    if (TrimBlanks(value) != authority) return false;
    ++hosts;
  }
  return hosts == 1;
}

std::string Page(std::string_view title, std::string_view text) {
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<title>";
  page.append(title).append("</title></head><body><h1>").append(title);
  page.append("</h1><p>").append(text).append("</p></body></html>\n");
  return page;
}

}  // namespace

std::optional<std::string_view> CallbackTarget(std::string_view head,
                                               std::string_view authority) {
  std::string_view line = TakeUntil("\r\n", head);
  const std::string_view method = TakeUntil(" ", line);
  const std::string_view target = TakeUntil(" ", line);
  if (method != "GET" || target.substr(0, 1) != "/" ||
      (line != "HTTP/1.1" && line != "HTTP/1.0") ||
      !IsForHost(head, authority)) {
    return std::nullopt;
  }
  return target;
}

std::string CallbackAnswer(Callback callback) {
  if (callback == Callback::kStray) {
    return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n"
           "Cache-Control: no-store\r\nConnection: close\r\n\r\n";
  }
  // Whether the code is good turns out only when it is exchanged.
  const std::string page =
      callback == Callback::kCode
          ? Page("Back to your program",
                 "Your program goes on from here. You can close this window.")
          : Page("Not signed in",
                 "The sign-in failed, and your program says why. You can "
                 "close this window.");
  std::string answer =
      "HTTP/1.1 200 OK\r\n"
      "Content-Type: text/html; charset=utf-8\r\n"
      "Cache-Control: no-store\r\n"
      "Referrer-Policy: no-referrer\r\n"
      "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
      "X-Content-Type-Options: nosniff\r\n"
      "Connection: close\r\n";
  answer += "Content-Length: " + std::to_string(page.size()) + "\r\n\r\n";
  return answer + page;
}

}  // namespace clone_auth
