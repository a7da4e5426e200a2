#include "support/times.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <ctime>

namespace console {
namespace {

using clone_auth::WallTime;

std::string Format(WallTime time, const char* format) {
  const std::time_t seconds = clone_auth::ToUnixSeconds(time).count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  const std::size_t size =
      std::strftime(text.data(), text.size(), format, &parts);
  return std::string(text.data(), size);
}

struct Unit {
  std::int64_t seconds;
  std::int64_t below;  // used for distances of fewer seconds than this
  const char* name;
};

constexpr std::array kUnits = {
    Unit{1, 90, " s"},
    Unit{60, 90 * 60, " min"},
    Unit{3600, 48 * 3600, " h"},
    Unit{86400, INT64_MAX, " d"},
};

}  // namespace

std::string TimeForPrograms(WallTime time) {
  return Format(time, "%Y-%m-%dT%H:%M:%SZ");
}

std::string TimeForPeople(WallTime time, WallTime now) {
  return Format(time, "%Y-%m-%d %H:%M:%S UTC (") + Distance(time, now) + ")";
}

std::string Distance(WallTime time, WallTime now) {
  const std::int64_t seconds =
      (clone_auth::ToUnixSeconds(time) - clone_auth::ToUnixSeconds(now))
          .count();
  if (seconds == 0) return "now";
  const std::int64_t size = seconds < 0 ? -seconds : seconds;
  for (const Unit& unit : kUnits) {
    if (size >= unit.below) continue;
    const std::string count = std::to_string(size / unit.seconds) + unit.name;
    return seconds < 0 ? count + " ago" : "in " + count;
  }
  return "";
}

std::optional<WallTime> ParseTime(std::string_view text) {
  const std::string copy(text);
  std::tm parts{};
  int used = 0;
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &parts.tm_year,
                  &parts.tm_mon, &parts.tm_mday, &parts.tm_hour, &parts.tm_min,
                  &parts.tm_sec, &used) != 6) {
    return std::nullopt;
  }
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  std::string_view rest = text.substr(static_cast<std::size_t>(used));
  if (!rest.empty() && rest.front() == '.') {
    const std::size_t end = rest.find_first_not_of("0123456789", 1);
    rest.remove_prefix(end == rest.npos ? rest.size() : end);
  }
  std::int64_t offset = 0;
  if (rest != "Z") {
    char sign = 0;
    int hours = 0;
    int minutes = 0;
    const std::string zone(rest);
    if (std::sscanf(zone.c_str(), "%c%2d:%2d", &sign, &hours, &minutes) != 3 ||
        (sign != '+' && sign != '-')) {
      return std::nullopt;
    }
    offset = (hours * 60 + minutes) * 60 * (sign == '-' ? -1 : 1);
  }
  return clone_auth::FromUnixSeconds(
      std::chrono::seconds(timegm(&parts) - offset));
}

}  // namespace console
