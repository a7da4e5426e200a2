#pragma once

// Strict JSON (RFC 8259, the I-JSON profile of RFC 7493): valid UTF-8, no
// repeated names, nothing after the value, bounded depth and size. Whatever
// reads a token, a key set or a request's body reads it through here. Parsed
// values are immutable and may be shared between threads. Much of what is read
// holds a secret, so texts are wiped when they go, and parsing and writing
// leave no other copy behind.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "clone/result.h"

namespace clone_auth {

struct JsonMember;

struct JsonLimits {
  std::size_t max_bytes = 1024 * 1024;
  /// How deep objects and arrays may nest; 1 allows one object of scalars.
  std::size_t max_depth = 32;
};

class JsonValue {
 public:
  using Array = std::vector<JsonValue>;
  using Object = std::vector<JsonMember>;

  /// Null.
  JsonValue() = default;
  JsonValue(const JsonValue&) = default;
  JsonValue(JsonValue&&) noexcept = default;
  JsonValue& operator=(const JsonValue& other);
  JsonValue& operator=(JsonValue&& other) noexcept;
  ~JsonValue();

  /// Integers beyond 64 bits and numbers that are not finite are refused.
  /// Errors: json_malformed, json_duplicate_name, json_limit. The message
  /// never repeats the content.
  static Result<JsonValue> Parse(std::string_view text,
                                 const JsonLimits& limits = {});

  bool IsNull() const;
  /// Each is null where the value is of another type. A number is an integer
  /// if it was written as one (no fraction, no exponent) and fits.
  const bool* AsBool() const;
  const std::int64_t* AsInt() const;
  const std::string* AsString() const;
  const Array* AsArray() const;
  const Object* AsObject() const;

  /// Any number, integers included; empty for other types. Always finite.
  std::optional<double> AsNumber() const;

  /// The member of an object; null where this is no object or has no such
  /// member.
  const JsonValue* Find(std::string_view name) const;
  /// Find, then AsString.
  const std::string* FindString(std::string_view name) const;

  explicit JsonValue(bool value);
  explicit JsonValue(std::int64_t value);
  explicit JsonValue(double value);
  explicit JsonValue(std::string value);
  explicit JsonValue(Array value);
  explicit JsonValue(Object value);

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array,
               Object>
      data_;
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

// Here, because C++20 looks into the vector of members already where a
// constructor is defined.
inline JsonValue::JsonValue(bool value) : data_(value) {}
inline JsonValue::JsonValue(std::int64_t value) : data_(value) {}
inline JsonValue::JsonValue(double value) : data_(value) {}
inline JsonValue::JsonValue(std::string value) : data_(std::move(value)) {}

/// Writes compact JSON into a string, in the order of the calls. Calls that do
/// not pair up are the caller's bug and make malformed text.
class JsonWriter {
 public:
  JsonWriter& BeginObject();
  JsonWriter& EndObject();
  JsonWriter& BeginArray();
  JsonWriter& EndArray();
  JsonWriter& Name(std::string_view name);
  /// Invalid UTF-8 is written as U+FFFD.
  JsonWriter& String(std::string_view value);
  JsonWriter& Int(std::int64_t value);
  JsonWriter& Bool(bool value);
  JsonWriter& Null();
  JsonWriter& Value(const JsonValue& value);

  /// What was written; the writer is empty afterwards.
  std::string Take();

 private:
  void BeforeValue();
  void AppendQuoted(std::string_view text);

  std::string text_;
  bool comma_ = false;
};

}  // namespace clone_auth
