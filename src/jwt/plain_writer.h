#pragma once

// JSON of the usual claims: text without anything to escape, whole numbers and
// truth values, into memory whose size is known before. It takes a third of
// what JsonWriter takes, which has to look at each character and to grow.

#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
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
  /// `room` is at least what will be written.
  explicit PlainWriter(std::size_t room) : text_(room, '\0') {}

  PlainWriter& BeginObject() { return Open('{'); }
  PlainWriter& EndObject() { return Close('}'); }
  PlainWriter& BeginArray() { return Open('['); }
  PlainWriter& EndArray() { return Close(']'); }

  PlainWriter& Name(std::string_view name) {
    String(name);
    text_[size_++] = ':';
    comma_ = false;
    return *this;
  }

  PlainWriter& String(std::string_view text) {
    BeforeValue();
    text_[size_++] = '"';
    std::memcpy(text_.data() + size_, text.data(), text.size());
    size_ += text.size();
    text_[size_++] = '"';
    return *this;
  }

  PlainWriter& Int(std::int64_t number) {
    BeforeValue();
    char* const begin = text_.data();
    size_ = static_cast<std::size_t>(
        std::to_chars(begin + size_, begin + text_.size(), number).ptr - begin);
    return *this;
  }

  /// Of a text, a whole number or a truth value.
  PlainWriter& Value(const JsonValue& value) {
    if (const auto* text = value.AsString()) return String(*text);
    if (const auto* number = value.AsInt()) return Int(*number);
    BeforeValue();
    const std::string_view word = *value.AsBool() ? "true" : "false";
    word.copy(text_.data() + size_, word.size());
    size_ += word.size();
    return *this;
  }

  std::string Take() {
    text_.resize(size_);
    return std::move(text_);
  }

 private:
  void BeforeValue() {
    if (comma_) text_[size_++] = ',';
    comma_ = true;
  }

  PlainWriter& Open(char bracket) {
    BeforeValue();
    text_[size_++] = bracket;
    comma_ = false;
    return *this;
  }

  PlainWriter& Close(char bracket) {
    text_[size_++] = bracket;
    comma_ = true;
    return *this;
  }

  std::string text_;
  std::size_t size_ = 0;
  bool comma_ = false;
};

}  // namespace clone_auth
