#pragma once

// The JSON that most tokens hold, read without a look at most of it.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "json/member_names.h"
#include "json/quotes.h"
#include "json/reader.h"

namespace clone_auth {

/// Calls `use(name, value)` for each member of `text`, if it is one object of
/// plain ASCII without blanks and escapes between or in its parts, and all its
/// values are strings, arrays of strings, true, false, null or whole numbers
/// from 0 on. False for whatever looks different, be it JSON or not: that is
/// for JsonReader to read from the start. What this takes, JsonReader takes
/// with the same members. A part of its caller, so that most members never
/// leave the registers.
template <typename Use>
[[gnu::always_inline]] inline bool ReadPlainObject(std::string_view text,
                                                   const Use& use);

namespace internal {

// Behind each value stands something, as the text ends in a bracket that none
// of them has. Each of these takes the first character of a value, and returns
// what is behind the last one; null where it is of another kind.

[[gnu::always_inline]] inline const char* PlainString(const char* text,
                                                      Quotes::Walk& quotes) {
  quotes.Next();
  return text + quotes.Next() + 1;
}

[[gnu::always_inline]] inline const char* PlainStrings(const char* at,
                                                       const char* text,
                                                       Quotes::Walk& quotes) {
  if (at[1] == ']') return at + 2;
  do {
    if (at[1] != '"') return nullptr;
    at = PlainString(text, quotes);
  } while (*at == ',');
  return *at == ']' ? at + 1 : nullptr;
}

// The number that eight digits at once are, as most of a time is; false where
// there are none. In the order of bytes of x86, where alone quotes are found.
[[gnu::always_inline]] inline bool EightDigits(const char* at,
                                               std::uint64_t& value) {
  std::uint64_t text = 0;
  std::memcpy(&text, at, sizeof text);
  const std::uint64_t digits = text ^ 0x3030303030303030;
  if (((digits | (digits + 0x7676767676767676)) & 0x8080808080808080) != 0) {
    return false;
  }
  // Pairs of digits, of which the first is the lower byte; then pairs of pairs.
  const std::uint64_t pairs = digits * 10 + (digits >> 8);
  value = (((pairs & 0x000000ff000000ff) * 0x000f424000000064) +
           (((pairs >> 16) & 0x000000ff000000ff) * 0x0000271000000001)) >>
          32;
  return true;
}

[[gnu::always_inline]] inline const char* PlainDigits(const char* at,
                                                      const char* end,
                                                      std::int64_t& number) {
  constexpr std::ptrdiff_t kSureDigits = 18;  // fit into 64 bits
  const char* const begin = at;
  std::uint64_t value = 0;
  if (end - at >= 8 && EightDigits(at, value)) at += 8;
  for (unsigned digit = 0;
       (digit = static_cast<unsigned char>(*at) - unsigned{'0'}) <= 9; ++at) {
    value = value * 10 + digit;
  }
  const std::ptrdiff_t count = at - begin;
  if (count > kSureDigits || (*begin == '0' && count > 1)) return nullptr;
  number = static_cast<std::int64_t>(value);
  return at;
}

// true, false or null; out of the way, as it is rare.
const char* PlainLiteral(const char* at, const char* end);

}  // namespace internal

template <typename Use>
inline bool ReadPlainObject(std::string_view text, const Use& use) {
  Quotes all_quotes;
  if (text.size() < 2 || text.front() != '{' || text.back() != '}' ||
      !all_quotes.Find(text)) {
    return false;
  }
  Quotes::Walk quotes(all_quotes);
  MemberNames names;
  const char* const last = text.data() + text.size() - 1;
  // At the bracket, and then at each comma.
  for (const char* at = text.data();;) {
    if (at[1] != '"') return false;
    const char* const name_end = internal::PlainString(text.data(), quotes);
    const std::string_view name(at + 2,
                                static_cast<std::size_t>(name_end - (at + 3)));
    if (*name_end != ':' || names.Add(name) != MemberNames::Added::kNew) {
      return false;
    }
    const char* const begin = name_end + 1;
    std::int64_t number = JsonSlice::kNoNumber;
    if (*begin == '"') {
      at = internal::PlainString(text.data(), quotes);
    } else if (*begin >= '0' && *begin <= '9') {
      at = internal::PlainDigits(begin, last, number);
    } else if (*begin == '[') {
      at = internal::PlainStrings(begin, text.data(), quotes);
    } else {
      at = internal::PlainLiteral(begin, last);
    }
    if (at == nullptr) return false;
    use(name,
        JsonSlice{
            {begin, static_cast<std::size_t>(at - begin)}, false, number});
    if (at == last) return true;
    if (*at != ',') return false;
  }
}

}  // namespace clone_auth
