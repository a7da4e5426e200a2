#include "service/time_text.h"

#include <cctype>

#include "absl/time/time.h"

namespace clone_auth::service {
namespace {

constexpr std::chrono::seconds kLatest{7'258'118'400};  // 2200-01-01

}  // namespace

WallTime RoundedDown(WallTime time) {
  return std::chrono::floor<std::chrono::microseconds>(time);
}

std::string ToText(WallTime time) {
  const absl::Time moment = absl::FromChrono(RoundedDown(time));
  const bool whole = time.time_since_epoch() % std::chrono::seconds(1) <
                     std::chrono::microseconds(1);
  return absl::FormatTime(
      whole ? "%Y-%m-%d%ET%H:%M:%SZ" : "%Y-%m-%d%ET%H:%M:%E6SZ", moment,
      absl::UTCTimeZone());
}

std::optional<WallTime> ParseTime(std::string_view text) {
  absl::Time moment;
  std::string ignored;
  // The parser takes words such as "infinite-future" and blanks, too.
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) == 0 ||
      !absl::ParseTime(absl::RFC3339_full, std::string(text), &moment,
                       &ignored)) {
    return std::nullopt;
  }
  const std::int64_t seconds = absl::ToUnixSeconds(moment);
  if (seconds < 0 || seconds >= kLatest.count()) return std::nullopt;
  return RoundedDown(absl::ToChronoTime(moment));
}

}  // namespace clone_auth::service
