#include "support/durations.h"

#include <charconv>
#include <cstdint>
#include <map>

namespace console {

std::optional<std::chrono::seconds> ParseDuration(std::string_view text) {
  static const std::map<char, std::int64_t> kUnits = {
      {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
  constexpr std::int64_t kMost = 100'000;
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || rest + 1 != end) return std::nullopt;
  const auto unit = kUnits.find(*rest);
  if (unit == kUnits.end() || count < 0 || count > kMost) return std::nullopt;
  return std::chrono::seconds(count * unit->second);
}

}  // namespace console
