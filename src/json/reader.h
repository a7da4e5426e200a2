#pragma once

// Strict JSON in one pass and without a tree: what a token's payload is read
// with. It takes and refuses exactly what JsonValue::Parse does.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "clone/json.h"

namespace clone_auth {

/// A value as it stands in the text, quotes and brackets included.
struct JsonSlice {
  std::string_view text;
  bool escaped = false;  ///< a string with a backslash in it

  bool IsString() const { return text.front() == '"'; }
  bool IsArray() const { return text.front() == '['; }
  bool IsNull() const { return text.front() == 'n'; }

  /// What a string says; the view is into the text, or into `storage` where
  /// there are escapes. Only for strings.
  std::string_view String(std::string& storage) const;
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

  /// Of a member; empty for an item.
  std::string_view name() const { return name_; }
  const JsonSlice& value() const { return value_; }

  /// Errors: as JsonValue::Parse().
  const Status& status() const { return status_; }

 private:
  // The names of one object so far.
  struct Names {
    static constexpr std::size_t kMost = 24;
    std::array<std::string_view, kMost> list;
    std::size_t count = 0;
    std::uint64_t seen = 0;
  };

  bool Fail(Reason reason);
  bool End();
  bool Value(std::size_t depth_left);
  bool Compound(std::size_t depth_left);
  bool Member(Names& names, std::size_t depth_left);
  bool String(bool& escaped);
  bool Escape();
  bool Number();
  bool Literal(std::string_view word);
  bool AddName(Names& names, std::string_view name);
  void SkipBlanks();
  bool Take(char c);

  std::string_view text_;
  JsonLimits limits_;
  const char* at_;
  const char* end_;
  char close_ = '}';
  bool first_ = true;
  bool done_ = false;
  // Something rare was met that the full parser has to judge.
  bool unsure_ = false;
  Names names_;
  std::string_view name_;
  std::string decoded_name_;
  JsonSlice value_;
  Status status_;
};

}  // namespace clone_auth
