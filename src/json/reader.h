#pragma once

// Strict JSON in one pass and without a tree: what a token's payload is read
// with. It takes and refuses exactly what JsonValue::Parse does.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "clone/json.h"
#include "json/member_names.h"

namespace clone_auth {

/// A value as it stands in the text, quotes and brackets included.
struct JsonSlice {
  std::string_view text;
  bool escaped = false;  ///< a string with a backslash in it
  /// Of a whole number from 0 on, where whoever read the text computed it.
  std::int64_t number = kNoNumber;

  static constexpr std::int64_t kNoNumber = -1;

  bool IsString() const { return text.front() == '"'; }
  bool IsArray() const { return text.front() == '['; }
  bool IsNull() const { return text.front() == 'n'; }

  /// What a string says; the view is into the text, or into `storage` where
  /// there are escapes. Only for strings.
  std::string_view String(std::string& storage) const {
    return escaped ? Decode(storage) : Plain();
  }

  /// The same, of a string without escapes.
  std::string_view Plain() const { return {text.data() + 1, text.size() - 2}; }

 private:
  std::string_view Decode(std::string& storage) const;
};

/// Walks over the members of an object or the items of an array, the text of
/// which must outlive it:
///
///     JsonReader reader(text, limits);
///     while (reader.Next()) Use(reader.name(), reader.value());
///     if (!reader.status().ok()) ...
///
/// Nothing that was seen may be believed before the end was reached in good
/// order.
class JsonReader {
 public:
  JsonReader(std::string_view text, const JsonLimits& limits);
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  /// False at the end and where something is wrong, which status() tells.
  bool Next();

  /// Otherwise it is an array.
  bool is_object() const { return close_ == '}'; }

  /// Of a member; only for objects.
  std::string_view name() const {
    return name_.escaped ? decoded_name_
                         : name_.text.substr(1, name_.text.size() - 2);
  }
  const JsonSlice& value() const { return value_; }

  /// Errors: as JsonValue::Parse().
  const Status& status() const { return status_; }

 private:
  // Each takes a place in the text and returns the one behind what it is named
  // after, or null, with the fault noted. The first ones are all there is to
  // most members, and so become a part of Next().
  [[gnu::always_inline]] const char* SkipBlanks(const char* at) const;
  [[gnu::always_inline]] const char* SkipPlain(const char* at) const;
  [[gnu::always_inline]] const char* String(const char* at, bool& escaped);
  [[gnu::always_inline]] const char* Member(const char* at, MemberNames& names,
                                            JsonSlice& name, JsonSlice& value,
                                            std::size_t depth_left);
  const char* RestOfString(const char* at, bool& escaped);
  const char* Value(const char* at, bool& escaped, std::size_t depth_left);
  const char* Compound(const char* at, std::size_t depth_left);
  const char* Escape(const char* at);
  const char* Number(const char* at);
  const char* Literal(const char* at, std::string_view word) const;

  bool IsAt(const char* at, char c) const { return at != end_ && *at == c; }
  bool Stop(Reason reason);
  bool End(const char* at);

  const std::string_view text_;
  const JsonLimits limits_;
  const char* at_;
  const char* const end_;
  char close_ = ']';
  bool first_ = true;
  bool done_ = false;
  // Something rare was met that the full parser has to judge.
  bool unsure_ = false;
  Reason fault_ = Reason::kJsonMalformed;
  MemberNames names_;
  JsonSlice name_;
  std::string_view decoded_name_;
  std::string name_storage_;
  JsonSlice value_;
  Status status_;
};

}  // namespace clone_auth
