#include "json/reader.h"

#include <cstring>

#include "json/utf8.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace clone_auth {
namespace {

// Integers of up to this many digits fit into 64 bits for sure.
constexpr std::ptrdiff_t kSureDigits = 18;

// Most characters are none, which takes one comparison.
bool IsBlank(char c) {
  return c <= ' ' && (c == ' ' || c == '\n' || c == '\t' || c == '\r');
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Of ASCII, and means nothing in a string.
bool IsPlain(char c) {
  return static_cast<signed char>(c) >= 0x20 && c != '"' && c != '\\';
}

std::string_view Between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::string_view JsonSlice::Decode(std::string& storage) const {
  const auto value = JsonValue::Parse(text);
  const std::string* decoded = value.ok() ? value->AsString() : nullptr;
  storage = decoded == nullptr ? std::string() : *decoded;
  return storage;
}

inline const char* JsonReader::SkipBlanks(const char* at) const {
  while (at != end_ && IsBlank(*at)) ++at;
  return at;
}

inline const char* JsonReader::SkipPlain(const char* at) const {
#if defined(__SSE2__)
  constexpr std::ptrdiff_t kStep = 16;
  while (end_ - at >= kStep) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    // Signed, so that it finds what is beyond ASCII as well.
    const __m128i control = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
    const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const int found = _mm_movemask_epi8(
        _mm_or_si128(_mm_or_si128(control, quote), backslash));
    if (found != 0) return at + __builtin_ctz(static_cast<unsigned>(found));
    at += kStep;
  }
#endif
  while (at != end_ && IsPlain(*at)) ++at;
  return at;
}

inline const char* JsonReader::String(const char* at, bool& escaped) {
  if (!IsAt(at, '"')) return nullptr;
  at = SkipPlain(at + 1);
  return IsAt(at, '"') ? at + 1 : RestOfString(at, escaped);
}

inline const char* JsonReader::Member(const char* at, MemberNames& names,
                                      JsonSlice& name, JsonSlice& value,
                                      std::size_t depth_left) {
  const char* begin = at;
  name.escaped = value.escaped = false;
  at = String(at, name.escaped);
  if (at == nullptr) return nullptr;
  name.text = Between(begin, at);
  if (name.escaped) {
    unsure_ = true;
  } else {
    const auto added = names.Add(Between(begin + 1, at - 1));
    if (added == MemberNames::Added::kRepeated) {
      fault_ = Reason::kJsonDuplicateName;
      return nullptr;
    }
    if (added == MemberNames::Added::kFull) unsure_ = true;
  }
  at = SkipBlanks(at);
  if (!IsAt(at, ':')) return nullptr;
  begin = SkipBlanks(at + 1);
  at = IsAt(begin, '"') ? String(begin, value.escaped)
                        : Value(begin, value.escaped, depth_left);
  if (at != nullptr) value.text = Between(begin, at);
  return at;
}

JsonReader::JsonReader(std::string_view text, const JsonLimits& limits)
    : text_(text),
      limits_(limits),
      at_(text.data()),
      end_(text.data() + text.size()) {
  at_ = SkipBlanks(at_);
  if (text.size() > limits.max_bytes || limits.max_depth == 0) {
    Stop(Reason::kJsonLimit);
  } else if (IsAt(at_, '{')) {
    close_ = '}';
  } else if (!IsAt(at_, '[')) {
    Stop(Reason::kJsonMalformed);
  }
}

bool JsonReader::Next() {
  if (done_) return false;
  const char* at = at_;
  if (first_) {
    first_ = false;
    at = SkipBlanks(at + 1);  // behind the bracket
    if (IsAt(at, close_)) return End(at + 1);
  } else {
    at = SkipBlanks(at);
    if (!IsAt(at, ',')) {
      return IsAt(at, close_) ? End(at + 1) : Stop(Reason::kJsonMalformed);
    }
    at = SkipBlanks(at + 1);
  }
  if (is_object()) {
    at = Member(at, names_, name_, value_, limits_.max_depth - 1);
    if (at != nullptr && name_.escaped) {
      decoded_name_ = name_.String(name_storage_);
    }
  } else {
    const char* begin = at;
    value_.escaped = false;
    at = Value(at, value_.escaped, limits_.max_depth - 1);
    if (at != nullptr) value_.text = Between(begin, at);
  }
  if (at == nullptr) return Stop(fault_);
  at_ = at;
  return true;
}

bool JsonReader::Stop(Reason reason) {
  done_ = true;
  status_ = Status(reason);
  return false;
}

bool JsonReader::End(const char* at) {
  done_ = true;
  if (SkipBlanks(at) != end_) return Stop(Reason::kJsonMalformed);
  if (unsure_) status_ = JsonValue::Parse(text_, limits_).status();
  return false;
}

// From the first character that is not plain on.
const char* JsonReader::RestOfString(const char* at, bool& escaped) {
  while (at != end_ && *at != '"') {
    if (*at == '\\') {
      escaped = true;
      at = Escape(at + 1);
      if (at == nullptr) return nullptr;
    } else {
      const std::size_t size = Utf8SequenceSize(Between(at, end_));
      if (size < 2) return nullptr;  // malformed, or a control character
      at += size;
    }
    at = SkipPlain(at);
  }
  return at == end_ ? nullptr : at + 1;
}

const char* JsonReader::Value(const char* at, bool& escaped,
                              std::size_t depth_left) {
  if (at == end_) return nullptr;
  switch (*at) {
    case '"':
      return String(at, escaped);
    case '{':
    case '[':
      if (depth_left > 0) return Compound(at, depth_left - 1);
      fault_ = Reason::kJsonLimit;
      return nullptr;
    case 't':
      return Literal(at, "true");
    case 'f':
      return Literal(at, "false");
    case 'n':
      return Literal(at, "null");
    default:
      return Number(at);
  }
}

const char* JsonReader::Compound(const char* at, std::size_t depth_left) {
  const char close = *at == '{' ? '}' : ']';
  at = SkipBlanks(at + 1);
  if (IsAt(at, close)) return at + 1;
  MemberNames names;
  for (;; ++at) {
    at = SkipBlanks(at);
    JsonSlice name, value;
    at = close == '}' ? Member(at, names, name, value, depth_left)
                      : Value(at, value.escaped, depth_left);
    if (at == nullptr) return nullptr;
    at = SkipBlanks(at);
    if (IsAt(at, close)) return at + 1;
    if (!IsAt(at, ',')) return nullptr;
  }
}

const char* JsonReader::Escape(const char* at) {
  constexpr std::string_view kLetters = "\"\\/bfnrtu";
  if (at == end_ || kLetters.find(*at) == std::string_view::npos) {
    return nullptr;
  }
  if (*at == 'u') unsure_ = true;
  return at + 1;
}

const char* JsonReader::Number(const char* at) {
  const auto skip_digits = [this](const char* from) {
    while (from != end_ && IsDigit(*from)) ++from;
    return from;
  };
  if (IsAt(at, '-')) ++at;
  const char* begin = at;
  at = skip_digits(at);
  if (at == begin || (*begin == '0' && at - begin > 1)) return nullptr;
  if (at - begin > kSureDigits) unsure_ = true;
  if (IsAt(at, '.')) {
    unsure_ = true;
    begin = at + 1;
    at = skip_digits(begin);
    if (at == begin) return nullptr;
  }
  if (IsAt(at, 'e') || IsAt(at, 'E')) {
    unsure_ = true;
    begin = at + 1;
    if (IsAt(begin, '+') || IsAt(begin, '-')) ++begin;
    at = skip_digits(begin);
    if (at == begin) return nullptr;
  }
  return at;
}

const char* JsonReader::Literal(const char* at, std::string_view word) const {
  const bool is_there = Between(at, end_).substr(0, word.size()) == word;
  return is_there ? at + word.size() : nullptr;
}

}  // namespace clone_auth
