#include "http/freshness.h"

#include <algorithm>
#include <string_view>

#include "base/http_date.h"
#include "http/field_text.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;

// Longer than any lifetime that is kept, and far from overflow.
constexpr seconds kForever{1'000'000'000};

// delta-seconds of RFC 9111 section 1.2.2, in quotes or without.
std::optional<seconds> ParseDelta(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  const bool is_number =
      !text.empty() && std::all_of(text.begin(), text.end(),
                                   [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) return std::nullopt;
  seconds value{0};
  for (const char c : text) {
    value = std::min(value * 10 + seconds(c - '0'), kForever);
  }
  return value;
}

// What one directive of Cache-Control says. A max-age that cannot be read
// counts as none at all, which is the cautious reading.
std::optional<seconds> ReadDirective(std::string_view directive) {
  const std::size_t equals = directive.find('=');
  const std::string_view name = directive.substr(0, equals);
  if (EqualsIgnoreAsciiCase(name, "no-store") ||
      EqualsIgnoreAsciiCase(name, "no-cache")) {
    return seconds(0);
  }
  if (!EqualsIgnoreAsciiCase(name, "max-age")) return std::nullopt;
  if (equals == directive.npos) return seconds(0);
  return ParseDelta(directive.substr(equals + 1)).value_or(seconds(0));
}

// The shortest lifetime that Cache-Control names.
std::optional<seconds> ByCacheControl(const HttpHeaders& headers) {
  std::optional<seconds> shortest;
  for (const HttpHeader& field : headers) {
    if (!EqualsIgnoreAsciiCase(field.name, "Cache-Control")) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      const auto said = ReadDirective(TrimBlanks(rest.substr(0, comma)));
      if (said) shortest = std::min(shortest.value_or(kForever), *said);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return shortest;
}

std::optional<seconds> ByExpires(const HttpHeaders& headers, WallTime now) {
  const std::string* const text = headers.Find("Expires");
  if (text == nullptr) return std::nullopt;
  const auto expires = ParseHttpDate(*text);
  if (!expires) return seconds(0);
  const std::string* const date = headers.Find("Date");
  const auto sent = date != nullptr ? ParseHttpDate(*date) : std::nullopt;
  return std::chrono::floor<seconds>(*expires - sent.value_or(now));
}

}  // namespace

std::optional<seconds> FreshnessLifetime(const HttpHeaders& headers,
                                         WallTime now) {
  auto lifetime = ByCacheControl(headers);
  if (!lifetime) lifetime = ByExpires(headers, now);
  if (!lifetime) return std::nullopt;
  const std::string* const text = headers.Find("Age");
  const auto age = text != nullptr ? ParseDelta(*text) : std::nullopt;
  return std::max(*lifetime - age.value_or(seconds(0)), seconds(0));
}

}  // namespace clone_auth
