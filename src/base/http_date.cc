#include "base/http_date.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace clone_auth {
namespace {

constexpr std::string_view kShape = "___, 00 ___ 0000 00:00:00 GMT";
constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::chrono::seconds kShortestWait{1};
constexpr std::chrono::seconds kLongestWait{300};

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool HasShape(std::string_view text) {
  if (text.size() != kShape.size()) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == '_') continue;
    if (kShape[i] == '0' ? !IsDigit(text[i]) : text[i] != kShape[i]) {
      return false;
    }
  }
  return true;
}

int Number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

// Days from 1970-01-01 in the Gregorian calendar. A year is counted from
// March, so that a leap day comes last.
std::int64_t DaysFromEpoch(int year, int month, int day) {
  const int years = month > 2 ? year : year - 1;
  const int months = month > 2 ? month - 3 : month + 9;
  const std::int64_t leaps = years / 4 - years / 100 + years / 400;
  constexpr std::int64_t kEpoch = 719'469;
  return std::int64_t{365} * years + leaps + (153 * months + 2) / 5 + day -
         kEpoch;
}

}  // namespace

std::optional<WallTime> ParseHttpDate(std::string_view text) {
  if (!HasShape(text)) return std::nullopt;
  const std::size_t month = kMonths.find(text.substr(8, 3));
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  const int day = Number(text.substr(5, 2));
  const int year = Number(text.substr(12, 4));
  const int hour = Number(text.substr(17, 2));
  const int minute = Number(text.substr(20, 2));
  const int second = Number(text.substr(23, 2));
  const bool in_range = day >= 1 && day <= 31 && year >= 1970 && year <= 2261 &&
                        hour <= 23 && minute <= 59 && second <= 60;
  if (!in_range) return std::nullopt;
  const std::int64_t days =
      DaysFromEpoch(year, static_cast<int>(month / 3) + 1, day);
  return FromUnixSeconds(std::chrono::seconds(days * 86'400 + hour * 3'600 +
                                              minute * 60 + second));
}

std::optional<std::chrono::seconds> ParseRetryAfter(std::string_view text,
                                                    WallTime now) {
  std::chrono::seconds wait{0};
  if (!text.empty() && std::all_of(text.begin(), text.end(), IsDigit)) {
    wait = text.size() > 9 ? kLongestWait : std::chrono::seconds(Number(text));
  } else if (const auto date = ParseHttpDate(text)) {
    wait = std::chrono::ceil<std::chrono::seconds>(*date - now);
  } else {
    return std::nullopt;
  }
  return std::clamp(wait, kShortestWait, kLongestWait);
}

}  // namespace clone_auth
