#include "service/pages.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "service/responses.h"

namespace clone_auth::service {
namespace {

constexpr std::size_t kDefaultPageSize = 20;
constexpr std::size_t kMaxPageSize = 100;

/// The last value of `name` in the query; empty where it has none.
std::string QueryValue(const std::string& target, const std::string& name) {
  const std::size_t query = target.find('?');
  std::string value;
  if (query == std::string::npos) return value;
  for (absl::string_view pair : absl::StrSplit(target.substr(query + 1), '&')) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    if (parts.first == name) value = parts.second;
  }
  return value;
}

/// A whole number from 1 on, as digits alone; `fallback` where it is none.
std::size_t PositiveNumber(const std::string& text, std::size_t fallback) {
  std::uint32_t number = 0;
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
  });
  return digits && absl::SimpleAtoi(text, &number) && number > 0 ? number
                                                                 : fallback;
}

// Made from the configured URL, never from the Host header, which anybody can
// choose.
std::string PageUrl(const Context& context, std::string_view path,
                    const PageRequest& page, std::size_t number) {
  std::string url = context.options->issuer;
  if (!url.empty() && url.back() == '/') url.pop_back();
  url += path;
  char separator = '?';
  if (number > 1) {
    url += "?page=" + std::to_string(number);
    separator = '&';
  }
  if (page.has_size) {
    url += separator;
    url += "page_size=" + std::to_string(page.size);
  }
  return url;
}

void WriteUrlIf(bool there_is, const std::string& url, JsonWriter& body) {
  if (there_is) {
    body.String(url);
  } else {
    body.Null();
  }
}

}  // namespace

PageRequest ReadPage(const std::string& target) {
  PageRequest page;
  const std::string number = QueryValue(target, "page");
  page.number = number.empty() ? 1 : PositiveNumber(number, 0);
  const std::size_t size = PositiveNumber(QueryValue(target, "page_size"), 0);
  page.has_size = size != 0;
  page.size = std::min(size == 0 ? kDefaultPageSize : size, kMaxPageSize);
  return page;
}

std::optional<HttpResponse> MissingPage(const PageRequest& page,
                                        std::size_t count) {
  if (page.number == 1 || (page.number != 0 && page.offset() < count)) {
    return std::nullopt;
  }
  return ErrorAnswer(Status(Reason::kNotFound), "Invalid page.");
}

void BeginPage(const Context& context, std::string_view path,
               const PageRequest& page, std::size_t count, JsonWriter& body) {
  body.BeginObject();
  body.Name("count").Int(static_cast<std::int64_t>(count));
  body.Name("next");
  WriteUrlIf(page.offset() + page.size < count,
             PageUrl(context, path, page, page.number + 1), body);
  body.Name("previous");
  WriteUrlIf(page.number > 1, PageUrl(context, path, page, page.number - 1),
             body);
  body.Name("results");
}

}  // namespace clone_auth::service
