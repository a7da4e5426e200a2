#include "json/reader.h"

#include <algorithm>
#include <cstring>

#include "json/utf8.h"

namespace clone_auth {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighBits = 0x8080808080808080;
// Integers of up to this many digits fit into 64 bits for sure.
constexpr std::ptrdiff_t kSureDigits = 18;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsPlain(char c) {
  return c >= 0x20 && c != '"' && c != '\\';  // beyond ASCII c is negative
}

// Marks, in the upper bit of a byte, where the lowest one stands that is not
// plain: a control character, quote, backslash or not ASCII. Bytes above it
// may be marked wrongly.
std::uint64_t NotPlain(std::uint64_t bytes) {
  const std::uint64_t quote = bytes ^ (kOnes * '"');
  const std::uint64_t backslash = bytes ^ (kOnes * '\\');
  return (bytes | ((quote - kOnes) & ~quote) |
          ((backslash - kOnes) & ~backslash) | (bytes - kOnes * 0x20)) &
         kHighBits;
}

const char* SkipPlain(const char* at, const char* end) {
  while (end - at >= 8) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, sizeof bytes);
    const std::uint64_t marks = NotPlain(bytes);
    if (marks == 0) {
      at += 8;
      continue;
    }
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return at + (__builtin_ctzll(marks) >> 3);
#else
    break;
#endif
  }
  while (at != end && IsPlain(*at)) ++at;
  return at;
}

}  // namespace

std::string_view JsonSlice::String(std::string& storage) const {
  if (!escaped) return text.substr(1, text.size() - 2);
  const auto value = JsonValue::Parse(text);
  const std::string* decoded = value.ok() ? value->AsString() : nullptr;
  storage = decoded == nullptr ? std::string() : *decoded;
  return storage;
}

JsonReader::JsonReader(std::string_view text, const JsonLimits& limits)
    : text_(text),
      limits_(limits),
      at_(text.data()),
      end_(text.data() + text.size()) {
  SkipBlanks();
  if (text.size() > limits.max_bytes || limits.max_depth == 0) {
    Fail(Reason::kJsonLimit);
  } else if (Take('[')) {
    close_ = ']';
  } else if (!Take('{')) {
    Fail(Reason::kJsonMalformed);
  }
}

bool JsonReader::Next() {
  if (done_) return false;
  SkipBlanks();
  if (Take(close_)) return End();
  if (!first_ && !Take(',')) return Fail(Reason::kJsonMalformed);
  first_ = false;
  SkipBlanks();
  const std::size_t depth_left = limits_.max_depth - 1;
  if (close_ == '}') return Member(names_, depth_left);
  const char* begin = at_;
  value_.escaped = false;
  if (!Value(depth_left)) return false;
  value_.text = {begin, static_cast<std::size_t>(at_ - begin)};
  return true;
}

bool JsonReader::Fail(Reason reason) {
  done_ = true;
  status_ = Status(reason);
  return false;
}

bool JsonReader::End() {
  done_ = true;
  SkipBlanks();
  if (at_ != end_) return Fail(Reason::kJsonMalformed);
  if (unsure_) status_ = JsonValue::Parse(text_, limits_).status();
  return false;
}

bool JsonReader::Member(Names& names, std::size_t depth_left) {
  bool escaped = false;
  const char* begin = at_;
  if (!String(escaped)) return false;
  JsonSlice name{{begin, static_cast<std::size_t>(at_ - begin)}, escaped};
  if (escaped) unsure_ = true;
  if (!escaped && !AddName(names, name.String(decoded_name_))) {
    return Fail(Reason::kJsonDuplicateName);
  }
  SkipBlanks();
  if (!Take(':')) return Fail(Reason::kJsonMalformed);
  SkipBlanks();
  begin = at_;
  value_.escaped = false;
  if (!Value(depth_left)) return false;
  if (&names == &names_) {
    name_ = name.String(decoded_name_);
    value_.text = {begin, static_cast<std::size_t>(at_ - begin)};
  }
  return true;
}

bool JsonReader::Value(std::size_t depth_left) {
  if (at_ == end_) return Fail(Reason::kJsonMalformed);
  switch (*at_) {
    case '"':
      return String(value_.escaped);
    case '{':
    case '[':
      return depth_left == 0 ? Fail(Reason::kJsonLimit) : Compound(depth_left);
    case 't':
      return Literal("true");
    case 'f':
      return Literal("false");
    case 'n':
      return Literal("null");
    default:
      return Number();
  }
}

bool JsonReader::Compound(std::size_t depth_left) {
  const char close = *at_++ == '{' ? '}' : ']';
  SkipBlanks();
  if (Take(close)) return true;
  Names names;
  do {
    SkipBlanks();
    if (close == '}' ? !Member(names, depth_left - 1)
                     : !Value(depth_left - 1)) {
      return false;
    }
    SkipBlanks();
  } while (Take(','));
  return Take(close) || Fail(Reason::kJsonMalformed);
}

bool JsonReader::String(bool& escaped) {
  if (!Take('"')) return Fail(Reason::kJsonMalformed);
  for (;;) {
    at_ = SkipPlain(at_, end_);
    if (at_ == end_) return Fail(Reason::kJsonMalformed);
    if (Take('"')) return true;
    if (Take('\\')) {
      escaped = true;
      if (!Escape()) return Fail(Reason::kJsonMalformed);
      continue;
    }
    const std::size_t size =
        Utf8SequenceSize({at_, static_cast<std::size_t>(end_ - at_)});
    if (size < 2) return Fail(Reason::kJsonMalformed);  // or a control one
    at_ += size;
  }
}

bool JsonReader::Escape() {
  constexpr std::string_view kLetters = "\"\\/bfnrtu";
  if (at_ == end_ || kLetters.find(*at_) == std::string_view::npos) {
    return false;
  }
  if (*at_++ == 'u') unsure_ = true;
  return true;
}

bool JsonReader::Number() {
  const auto digits = [this] {
    const char* begin = at_;
    while (at_ != end_ && IsDigit(*at_)) ++at_;
    return at_ - begin;
  };
  Take('-');
  const bool zero = at_ != end_ && *at_ == '0';
  const std::ptrdiff_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return Fail(Reason::kJsonMalformed);
  if (whole > kSureDigits) unsure_ = true;
  if (Take('.')) {
    unsure_ = true;
    if (digits() == 0) return Fail(Reason::kJsonMalformed);
  }
  if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
    ++at_;
    unsure_ = true;
    if (!Take('+')) Take('-');
    if (digits() == 0) return Fail(Reason::kJsonMalformed);
  }
  return true;
}

bool JsonReader::Literal(std::string_view word) {
  const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
  if (rest.substr(0, word.size()) != word) return Fail(Reason::kJsonMalformed);
  at_ += word.size();
  return true;
}

// False where the name was there before. One bit for each of 64 hashes tells
// most new names without a comparison.
bool JsonReader::AddName(Names& names, std::string_view name) {
  const auto byte = [](char c) { return static_cast<std::uint8_t>(c); };
  const std::size_t hash =
      name.empty()
          ? 0
          : byte(name.front()) + 5U * byte(name.back()) + 11U * name.size();
  const std::uint64_t bit = std::uint64_t{1} << (hash % 64);
  const std::string_view* begin = names.list.data();
  const std::string_view* end = begin + names.count;
  if ((names.seen & bit) != 0 && std::find(begin, end, name) != end) {
    return false;
  }
  names.seen |= bit;
  if (names.count == Names::kMost) {
    unsure_ = true;
    return true;
  }
  names.list[names.count++] = name;
  return true;
}

void JsonReader::SkipBlanks() {
  while (at_ != end_ &&
         (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) {
    ++at_;
  }
}

bool JsonReader::Take(char c) {
  if (at_ == end_ || *at_ != c) return false;
  ++at_;
  return true;
}

}  // namespace clone_auth
