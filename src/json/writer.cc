#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "base/wiped_text.h"
#include "clone/json.h"
#include "json/plain.h"
#include "json/utf8.h"

namespace clone_auth {
namespace {

constexpr char kHex[] = "0123456789abcdef";
constexpr std::size_t kUsualSize = 512;
// A comma and the longest value that is no text, or what stands around one.
constexpr std::size_t kScalar = 40;
constexpr std::size_t kAround = 3;  // quotes and a colon
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

std::uint32_t Byte(char c) { return static_cast<std::uint8_t>(c); }

void AppendEscape(std::string& out, char c) {
  constexpr std::string_view kNamed = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  out += '\\';
  const std::size_t at = kNamed.find(c);
  if (at != std::string_view::npos) {
    out += kLetters[at];
    return;
  }
  out += "u00";
  out += kHex[Byte(c) >> 4];
  out += kHex[Byte(c) & 0x0f];
}

void AppendEscaped(std::string& out, std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = at;
    while (end < text.size() && IsPlainCharacter(text[end])) ++end;
    out.append(text, at, end - at);
    at = end;
    if (at == text.size()) break;
    if (Byte(text[at]) < 0x80) {
      AppendEscape(out, text[at++]);
      continue;
    }
    const std::size_t size = Utf8SequenceSize(text.substr(at));
    out += size == 0 ? kReplacement : text.substr(at, size);
    at += size == 0 ? 1 : size;
  }
}

// Room for the longest shortest form of a double and of an int64.
template <typename Number, typename... Format>
void AppendNumber(std::string& out, Number value, Format... format) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                 value, format...);
  out.append(digits.data(), end.ptr);
}

// A large one might come out as digits alone, which readers would take for an
// integer and refuse as one of more than 64 bits.
void AppendDouble(std::string& out, double value) {
  constexpr double kLarge = 1e18;
  if (std::abs(value) < kLarge) return AppendNumber(out, value);
  AppendNumber(out, value, std::chars_format::scientific);
}

}  // namespace

void JsonWriter::BeforeValue() {
  MakeRoom(text_, kScalar);
  if (comma_) text_ += ',';
  comma_ = true;
}

void JsonWriter::AppendQuoted(std::string_view text) {
  const bool is_plain = IsPlainText(text);
  // Each of the others may become \u001f.
  MakeRoom(text_, kAround + text.size() * (is_plain ? 1 : 6));
  text_ += '"';
  if (is_plain) {
    text_ += text;
  } else {
    AppendEscaped(text_, text);
  }
  text_ += '"';
}

JsonWriter& JsonWriter::BeginObject() {
  // Most answers fit, and so are allocated once.
  if (text_.empty()) text_.reserve(kUsualSize);
  BeforeValue();
  text_ += '{';
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::EndObject() {
  MakeRoom(text_, 1);
  text_ += '}';
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::BeginArray() {
  BeforeValue();
  text_ += '[';
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::EndArray() {
  MakeRoom(text_, 1);
  text_ += ']';
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::Name(std::string_view name) {
  BeforeValue();
  AppendQuoted(name);
  text_ += ':';
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view value) {
  BeforeValue();
  AppendQuoted(value);
  return *this;
}

JsonWriter& JsonWriter::Int(std::int64_t value) {
  BeforeValue();
  AppendNumber(text_, value);
  return *this;
}

JsonWriter& JsonWriter::Bool(bool value) {
  BeforeValue();
  text_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::Null() {
  BeforeValue();
  text_ += "null";
  return *this;
}

JsonWriter& JsonWriter::Value(const JsonValue& value) {
  if (const auto* text = value.AsString()) return String(*text);
  if (const auto* whole = value.AsInt()) return Int(*whole);
  if (const auto* flag = value.AsBool()) return Bool(*flag);
  if (const auto* items = value.AsArray()) {
    BeginArray();
    for (const JsonValue& item : *items) Value(item);
    return EndArray();
  }
  if (const auto* members = value.AsObject()) {
    BeginObject();
    for (const JsonMember& member : *members) {
      Name(member.name).Value(member.value);
    }
    return EndObject();
  }
  const std::optional<double> number = value.AsNumber();
  // A value made by hand may hold what JSON cannot say.
  if (!number.has_value() || !std::isfinite(*number)) return Null();
  BeforeValue();
  AppendDouble(text_, *number);
  return *this;
}

std::string JsonWriter::Take() {
  comma_ = false;
  return std::exchange(text_, {});
}

}  // namespace clone_auth
