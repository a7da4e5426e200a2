#pragma once

// JSON of the usual claims: text without anything to escape, whole numbers and
// truth values, into the caller's memory. It takes a third of what JsonWriter
// takes, which has to look at each character and to grow.

#include <charconv>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "clone/json.h"

namespace clone_auth {

/// Characters that a name or a text takes at most beside its own: quotes, a
/// colon and a comma.
inline constexpr std::size_t kAroundPlain = 4;
/// Characters that any other value takes at most, with its comma.
inline constexpr std::size_t kPlainNumber = 21;

class PlainWriter {
 public:
  /// `out` has room for all that will be written and outlives it.
  explicit PlainWriter(char* out) : begin_(out), end_(out) {}

  PlainWriter& BeginObject() { return Open('{'); }
  PlainWriter& EndObject() { return Close('}'); }
  PlainWriter& BeginArray() { return Open('['); }
  PlainWriter& EndArray() { return Close(']'); }

  PlainWriter& Name(std::string_view name) {
    String(name);
    *end_++ = ':';
    comma_ = false;
    return *this;
  }

  PlainWriter& String(std::string_view text) {
    BeforeValue();
    *end_++ = '"';
    Append(text);
    *end_++ = '"';
    return *this;
  }

  PlainWriter& Int(std::int64_t number) {
    BeforeValue();
    end_ = std::to_chars(end_, end_ + kPlainNumber, number).ptr;
    return *this;
  }

  /// Of a text, a whole number or a truth value.
  PlainWriter& Value(const JsonValue& value) {
    if (const auto* text = value.AsString()) return String(*text);
    if (const auto* number = value.AsInt()) return Int(*number);
    BeforeValue();
    Append(*value.AsBool() ? "true" : "false");
    return *this;
  }

  /// What was written, in the caller's memory.
  std::string_view Take() const {
    return {begin_, static_cast<std::size_t>(end_ - begin_)};
  }

 private:
  void BeforeValue() {
    if (comma_) *end_++ = ',';
    comma_ = true;
  }

  void Append(std::string_view text) {
    std::memcpy(end_, text.data(), text.size());
    end_ += text.size();
  }

  PlainWriter& Open(char bracket) {
    BeforeValue();
    *end_++ = bracket;
    comma_ = false;
    return *this;
  }

  PlainWriter& Close(char bracket) {
    *end_++ = bracket;
    comma_ = true;
    return *this;
  }

  char* begin_;
  char* end_;
  bool comma_ = false;
};

}  // namespace clone_auth
