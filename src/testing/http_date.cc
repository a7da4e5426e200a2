#include "testing/http_date.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace clone_auth::testing {

std::string HttpDate(WallTime time) {
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed",
                                "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t unix_seconds{ToUnixSeconds(time).count()};
  std::tm utc{};
  gmtime_r(&unix_seconds, &utc);
  // The names are the protocol's and no locale's.
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                kDays[static_cast<std::size_t>(utc.tm_wday) % kDays.size()],
                utc.tm_mday,
                kMonths[static_cast<std::size_t>(utc.tm_mon) % kMonths.size()],
                utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  return text.data();
}

}  // namespace clone_auth::testing
