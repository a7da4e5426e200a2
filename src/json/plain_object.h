#pragma once

// The JSON that most tokens hold, read without a look at most of it.

#include <cstddef>
#include <cstdint>
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
/// with the same members.
template <typename Use>
bool ReadPlainObject(std::string_view text, const Use& use);

namespace internal {

// Behind each of these stands something, as the text ends in a bracket that
// none of them has.
struct PlainValue {
  const char* text;
  Quotes::Walk& quotes;

  // Each takes the first character of a value, and returns what is behind the
  // last one; null where it is of another kind.

  [[gnu::always_inline]] const char* String() const {
    quotes.Next();
    return text + quotes.Next() + 1;
  }

  const char* Strings(const char* at) const {
    if (at[1] == ']') return at + 2;
    do {
      if (at[1] != '"') return nullptr;
      at = String();
    } while (*at == ',');
    return *at == ']' ? at + 1 : nullptr;
  }

  static const char* Digits(const char* at, std::int64_t& number) {
    constexpr std::ptrdiff_t kSureDigits = 18;  // fit into 64 bits
    const char* const begin = at;
    std::uint64_t value = 0;
    for (; *at >= '0' && *at <= '9'; ++at) {
      value = value * 10 + static_cast<std::uint64_t>(*at - '0');
    }
    const std::ptrdiff_t count = at - begin;
    if (count > kSureDigits || (*begin == '0' && count > 1)) return nullptr;
    number = static_cast<std::int64_t>(value);
    return at;
  }

  static const char* Literal(const char* at, std::string_view rest) {
    for (const std::string_view word : {"true", "false", "null"}) {
      if (rest.substr(0, word.size()) == word) return at + word.size();
    }
    return nullptr;
  }
};

}  // namespace internal

template <typename Use>
bool ReadPlainObject(std::string_view text, const Use& use) {
  Quotes all_quotes;
  if (text.size() < 2 || text.front() != '{' || text.back() != '}' ||
      !all_quotes.Find(text)) {
    return false;
  }
  Quotes::Walk quotes(all_quotes);
  const internal::PlainValue values{text.data(), quotes};
  MemberNames names;
  const char* const last = text.data() + text.size() - 1;
  // At the bracket, and then at each comma.
  for (const char* at = text.data(); at != last;) {
    if (at[1] != '"') return false;
    const char* const name_end = values.String();
    const std::string_view name(at + 2,
                                static_cast<std::size_t>(name_end - (at + 3)));
    if (*name_end != ':' || names.Add(name) != MemberNames::Added::kNew) {
      return false;
    }
    const char* const begin = name_end + 1;
    JsonSlice value;
    if (*begin == '"') {
      at = values.String();
    } else if (*begin == '[') {
      at = values.Strings(begin);
    } else if (*begin >= '0' && *begin <= '9') {
      at = values.Digits(begin, value.number);
    } else {
      at = values.Literal(begin,
                          {begin, static_cast<std::size_t>(last - begin)});
    }
    if (at == nullptr || (*at != ',' && at != last)) return false;
    value.text = {begin, static_cast<std::size_t>(at - begin)};
    use(name, value);
  }
  return true;
}

}  // namespace clone_auth
