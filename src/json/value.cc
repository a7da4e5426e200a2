#include <algorithm>
#include <cstring>

#include "base/macros.h"
#include "base/wiped_text.h"
#include "clone/json.h"
#include "simdjson.h"

namespace clone_auth {
namespace {

namespace dom = simdjson::dom;

// A thread keeps its parser; what a larger text needs is given back.
constexpr std::size_t kKeptBytes = 64 * 1024;
// The parser's own bound, whatever the caller allows.
constexpr std::size_t kParserDepth = 1024;
// Up to this many members, comparing all pairs is faster than sorting.
constexpr std::size_t kFewMembers = 16;

struct Parser {
  dom::parser dom;
  // simdjson reads past the end, so it is given a copy with room behind it.
  std::string padded;

  simdjson::error_code Parse(std::string_view text, dom::element& root) {
    padded.resize(
        std::max(padded.size(), text.size() + simdjson::SIMDJSON_PADDING));
    text.copy(padded.data(), text.size());
    std::memset(padded.data() + text.size(), 0, simdjson::SIMDJSON_PADDING);
    return dom.parse(padded.data(), text.size(), false).get(root);
  }

  // Of a text of `size` bytes.
  void Wipe(std::size_t size) {
    WipeBytes(padded.data(), size);
    // Each string has five bytes more there than between its quotes, and a
    // text has at most one for every three of its bytes; simdjson allocates by
    // the same rule.
    if (dom.doc.string_buf) WipeBytes(dom.doc.string_buf.get(), 5 * size / 3);
  }
};

Status ToStatus(simdjson::error_code error) {
  switch (error) {
    case simdjson::DEPTH_ERROR:
      return Status(Reason::kJsonLimit, "the JSON is nested too deeply");
    case simdjson::CAPACITY:
      return Status(Reason::kJsonLimit, "the JSON is too large");
    case simdjson::UTF8_ERROR:
      return Status(Reason::kJsonMalformed, "the JSON is not valid UTF-8");
    case simdjson::NUMBER_ERROR:
      return Status(Reason::kJsonMalformed,
                    "the JSON holds a malformed or too large number");
    case simdjson::MEMALLOC:
      return Status(Reason::kInternal, "out of memory");
    default:
      return Status(Reason::kJsonMalformed);
  }
}

bool RepeatsAName(const JsonValue::Object& object) {
  if (object.size() <= kFewMembers) {
    for (std::size_t i = 1; i < object.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (object[i].name == object[j].name) return true;
      }
    }
    return false;
  }
  std::vector<std::string_view> names;
  names.reserve(object.size());
  for (const JsonMember& member : object) names.push_back(member.name);
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

Result<JsonValue> Convert(dom::element element, std::size_t depth_left);

Result<JsonValue> ConvertArray(dom::array array, std::size_t depth_left) {
  JsonValue::Array items;
  items.reserve(array.size());
  for (const dom::element element : array) {
    CLONE_AUTH_ASSIGN_OR_RETURN(JsonValue item, Convert(element, depth_left));
    items.push_back(std::move(item));
  }
  return JsonValue(std::move(items));
}

Result<JsonValue> ConvertObject(dom::object object, std::size_t depth_left) {
  JsonValue::Object members;
  members.reserve(object.size());
  for (const dom::key_value_pair field : object) {
    CLONE_AUTH_ASSIGN_OR_RETURN(JsonValue value,
                                Convert(field.value, depth_left));
    members.push_back({std::string(field.key), std::move(value)});
  }
  if (RepeatsAName(members)) return Status(Reason::kJsonDuplicateName);
  return JsonValue(std::move(members));
}

Result<JsonValue> Convert(dom::element element, std::size_t depth_left) {
  switch (element.type()) {
    case dom::element_type::ARRAY:
    case dom::element_type::OBJECT:
      if (depth_left == 0) return ToStatus(simdjson::DEPTH_ERROR);
      return element.is_array()
                 ? ConvertArray(element.get_array().value_unsafe(),
                                depth_left - 1)
                 : ConvertObject(element.get_object().value_unsafe(),
                                 depth_left - 1);
    case dom::element_type::INT64:
      return JsonValue(element.get_int64().value_unsafe());
    case dom::element_type::UINT64:
    case dom::element_type::DOUBLE:
      return JsonValue(element.get_double().value_unsafe());
    case dom::element_type::STRING:
      return JsonValue(std::string(element.get_string().value_unsafe()));
    case dom::element_type::BOOL:
      return JsonValue(element.get_bool().value_unsafe());
    case dom::element_type::NULL_VALUE:
      break;
  }
  return JsonValue();
}

Result<JsonValue> ParseWith(Parser& parser, std::string_view text,
                            const JsonLimits& limits) {
  dom::element root;
  const simdjson::error_code error = parser.Parse(text, root);
  Result<JsonValue> value =
      error == simdjson::SUCCESS
          ? Convert(root, std::min(limits.max_depth, kParserDepth))
          : Result<JsonValue>(ToStatus(error));
  parser.Wipe(text.size());
  return value;
}

}  // namespace

Result<JsonValue> JsonValue::Parse(std::string_view text,
                                   const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) return ToStatus(simdjson::CAPACITY);
  // Later versions of simdjson skip it.
  if (text.substr(0, 3) == "\xef\xbb\xbf") {
    return Status(Reason::kJsonMalformed,
                  "the JSON begins with a byte order mark");
  }
  if (text.size() > kKeptBytes) {
    Parser parser;
    return ParseWith(parser, text, limits);
  }
  thread_local Parser parser;
  return ParseWith(parser, text, limits);
}

JsonValue::~JsonValue() {
  if (auto* const text = std::get_if<std::string>(&data_)) WipeText(*text);
}

JsonValue& JsonValue::operator=(const JsonValue& other) {
  return *this = JsonValue(other);
}

// What was here goes with `other`.
JsonValue& JsonValue::operator=(JsonValue&& other) noexcept {
  data_.swap(other.data_);
  return *this;
}

JsonValue::JsonValue(Array value) : data_(std::move(value)) {}
JsonValue::JsonValue(Object value) : data_(std::move(value)) {}

bool JsonValue::IsNull() const {
  return std::holds_alternative<std::monostate>(data_);
}
const bool* JsonValue::AsBool() const { return std::get_if<bool>(&data_); }
const std::int64_t* JsonValue::AsInt() const {
  return std::get_if<std::int64_t>(&data_);
}
const std::string* JsonValue::AsString() const {
  return std::get_if<std::string>(&data_);
}
const JsonValue::Array* JsonValue::AsArray() const {
  return std::get_if<Array>(&data_);
}
const JsonValue::Object* JsonValue::AsObject() const {
  return std::get_if<Object>(&data_);
}

std::optional<double> JsonValue::AsNumber() const {
  if (const auto* whole = AsInt()) return static_cast<double>(*whole);
  if (const auto* number = std::get_if<double>(&data_)) return *number;
  return std::nullopt;
}

const JsonValue* JsonValue::Find(std::string_view name) const {
  const Object* object = AsObject();
  if (object == nullptr) return nullptr;
  for (const JsonMember& member : *object) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

const std::string* JsonValue::FindString(std::string_view name) const {
  const JsonValue* value = Find(name);
  return value == nullptr ? nullptr : value->AsString();
}

}  // namespace clone_auth
