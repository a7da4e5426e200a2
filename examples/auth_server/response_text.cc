#include "response_text.h"

#include <charconv>
#include <ctime>

#include "clone/json.h"

namespace auth_server {
namespace {

using clone_auth::EqualsIgnoreAsciiCase;

struct StatusLine {
  int status;
  std::string_view line;
};

constexpr StatusLine kStatusLines[] = {
    {200, "HTTP/1.1 200 OK\r\n"},
    {201, "HTTP/1.1 201 Created\r\n"},
    {204, "HTTP/1.1 204 No Content\r\n"},
    {400, "HTTP/1.1 400 Bad Request\r\n"},
    {401, "HTTP/1.1 401 Unauthorized\r\n"},
    {403, "HTTP/1.1 403 Forbidden\r\n"},
    {404, "HTTP/1.1 404 Not Found\r\n"},
    {405, "HTTP/1.1 405 Method Not Allowed\r\n"},
    {408, "HTTP/1.1 408 Request Timeout\r\n"},
    {413, "HTTP/1.1 413 Content Too Large\r\n"},
    {415, "HTTP/1.1 415 Unsupported Media Type\r\n"},
    {429, "HTTP/1.1 429 Too Many Requests\r\n"},
    {431, "HTTP/1.1 431 Request Header Fields Too Large\r\n"},
    {500, "HTTP/1.1 500 Internal Server Error\r\n"},
    {503, "HTTP/1.1 503 Service Unavailable\r\n"},
};

void AppendNumber(std::size_t number, std::string& text) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  text.append(digits, end);
}

void AppendStatusLine(int status, std::string& text) {
  for (const StatusLine& known : kStatusLines) {
    if (known.status == status) {
      text += known.line;
      return;
    }
  }
  text += "HTTP/1.1 ";
  AppendNumber(static_cast<std::size_t>(status), text);
  text += " \r\n";
}

void AppendField(std::string_view name, std::string_view value,
                 std::string& text) {
  text.append(name).append(": ").append(value).append("\r\n");
}

/// What the server writes itself.
bool IsOfTheServer(std::string_view name) {
  return EqualsIgnoreAsciiCase(name, "Content-Length") ||
         EqualsIgnoreAsciiCase(name, "Connection") ||
         EqualsIgnoreAsciiCase(name, "Date");
}

}  // namespace

void WriteResponse(const clone_auth::HttpResponse& response,
                   const ResponseContext& context, std::string& text) {
  text.clear();
  AppendStatusLine(response.status, text);
  AppendField("Date", context.date, text);
  for (const auto& [name, value] : response.headers) {
    if (!IsOfTheServer(name)) AppendField(name, value, text);
  }
  if (!context.request_id.empty()) {
    AppendField("X-Request-Id", context.request_id, text);
  }
  if (!context.keep_alive) {
    text += "Connection: close\r\n";
  } else if (context.http_1_0) {
    text += "Connection: keep-alive\r\n";
  }
  // A 204 has no length (RFC 9110 section 8.6), and that of an answer to HEAD
  // is not known where the body was left away before.
  const bool has_length =
      response.status != 204 && !(context.head_only && response.body.empty());
  if (has_length) {
    text += "Content-Length: ";
    AppendNumber(response.body.size(), text);
    text += "\r\n";
  }
  text += "\r\n";
  if (!context.head_only && response.status != 204) text += response.body;
}

clone_auth::HttpResponse ErrorResponse(const Refusal& refusal) {
  clone_auth::HttpResponse response;
  response.status = refusal.status;
  response.headers.Add("Content-Type", "application/json");
  response.headers.Add("Cache-Control", "no-store");
  response.headers.Add("X-Content-Type-Options", "nosniff");
  if (refusal.status == 503) response.headers.Add("Retry-After", "1");
  const auto& reason = clone_auth::Describe(refusal.reason);
  clone_auth::JsonWriter json;
  json.BeginObject();
  json.Name("detail").String(refusal.detail.empty() ? reason.text
                                                    : refusal.detail);
  json.Name("code").String(reason.word).EndObject();
  response.body = json.Take();
  return response;
}

std::string HttpDate(std::int64_t unix_seconds) {
  static constexpr char kDays[][4] = {"Sun", "Mon", "Tue", "Wed",
                                      "Thu", "Fri", "Sat"};
  static constexpr char kMonths[][4] = {"Jan", "Feb", "Mar", "Apr",
                                        "May", "Jun", "Jul", "Aug",
                                        "Sep", "Oct", "Nov", "Dec"};
  const auto time = static_cast<std::time_t>(unix_seconds);
  std::tm utc{};
  gmtime_r(&time, &utc);
  // The names are fixed by the protocol, so not those of a locale.
  char text[48];
  std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                kDays[utc.tm_wday % 7], utc.tm_mday, kMonths[utc.tm_mon % 12],
                utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  return text;
}

}  // namespace auth_server
