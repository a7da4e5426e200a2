#include "service/form.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "service/email.h"
#include "service/media_type.h"

namespace clone_auth::service {
namespace {

constexpr char kRequired[] = "This field is required.";
constexpr char kBlank[] = "This field may not be blank.";
constexpr char kNull[] = "This field may not be null.";
constexpr char kNoString[] = "Not a valid string.";
constexpr char kNulCharacter[] = "Null characters are not allowed.";

std::string_view NameOfType(const JsonValue& value) {
  if (value.AsBool() != nullptr) return "bool";
  if (value.AsInt() != nullptr) return "int";
  if (value.AsNumber().has_value()) return "float";
  if (value.AsString() != nullptr) return "str";
  if (value.AsArray() != nullptr) return "list";
  return value.AsObject() != nullptr ? "dict" : "NoneType";
}

std::size_t CountCharacters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(
      utf8.begin(), utf8.end(),
      [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// Nothing where it is no length of time, or a negative one.
std::optional<std::int64_t> SecondsIn(const JsonValue& value) {
  std::int64_t seconds = 0;
  if (value.AsInt() != nullptr) {
    seconds = *value.AsInt();
  } else {
    const std::string* text = value.AsString();
    if (text == nullptr || text->empty()) return std::nullopt;
    constexpr std::string_view kUnits = "smhd";
    constexpr std::array<std::int64_t, 4> kSeconds = {1, 60, 3600, 86400};
    const std::size_t unit = kUnits.find(text->back());
    std::int32_t number = 0;
    if (unit == kUnits.npos ||
        !absl::SimpleAtoi(text->substr(0, text->size() - 1), &number)) {
      return std::nullopt;
    }
    seconds = number * kSeconds[unit];
  }
  if (seconds < 0) return std::nullopt;
  return seconds;
}

}  // namespace

Form::Form(const HttpRequest& request) {
  if (request.body.empty()) {
    body_ = JsonValue(JsonValue::Object());
    return;
  }
  if (!HasMediaType(request, "application/json")) {
    const std::string* type = request.headers.Find("Content-Type");
    refusal_ = ErrorAnswer(Status(Reason::kUnsupportedMediaType),
                           "Unsupported media type \"" +
                               (type == nullptr ? std::string() : *type) +
                               "\" in request.");
    return;
  }
  auto body = JsonValue::Parse(request.body);
  if (!body.ok()) {
    refusal_ =
        ErrorAnswer(body.status(), "JSON parse error - " +
                                       std::string(body.status().message()));
    return;
  }
  if (body->AsObject() == nullptr) {
    Refuse("non_field_errors", "Invalid data. Expected a dictionary, but got " +
                                   std::string(NameOfType(*body)) + ".");
    refusal_ = ValidationAnswer(errors_);
    return;
  }
  body_ = std::move(body).value();
}

const JsonValue* Form::Find(std::string_view name, const TextRule& rule) {
  if (refusal_.has_value()) return nullptr;
  const JsonValue* value = body_.Find(name);
  if (value == nullptr) {
    if (rule.required) Refuse(name, kRequired);
    return nullptr;
  }
  if (value->IsNull()) {
    if (!rule.nullable) Refuse(name, kNull);
    return nullptr;
  }
  return value;
}

std::string Form::Text(std::string_view name, const TextRule& rule) {
  const JsonValue* value = Find(name, rule);
  if (value == nullptr) return {};
  if (value->AsString() == nullptr) {
    Refuse(name, kNoString);
    return {};
  }
  std::string text = *value->AsString();
  if (rule.trim) absl::StripAsciiWhitespace(&text);
  if (text.empty()) {
    Refuse(name, kBlank);
  } else if (text.find('\0') != std::string::npos) {
    Refuse(name, kNulCharacter);
    text.clear();
  } else if (rule.max_characters != 0 &&
             CountCharacters(text) > rule.max_characters) {
    Refuse(name, "Ensure this field has no more than " +
                     std::to_string(rule.max_characters) + " characters.");
    text.clear();
  }
  return text;
}

std::string Form::Email(std::string_view name) {
  TextRule rule;
  rule.max_characters = kMaxEmailSize;
  std::string email = NormalizedEmail(Text(name, rule));
  if (!email.empty() && !IsEmail(email)) {
    Refuse(name, "Enter a valid email address.");
    email.clear();
  }
  return email;
}

std::chrono::seconds Form::Duration(std::string_view name,
                                    std::chrono::seconds fallback,
                                    std::chrono::seconds longest) {
  TextRule rule;
  rule.required = false;
  const JsonValue* value = Find(name, rule);
  if (value == nullptr) return fallback;
  const auto seconds = SecondsIn(*value);
  if (seconds.has_value() && *seconds <= longest.count()) {
    return std::chrono::seconds(*seconds);
  }
  Refuse(name,
         "Enter a number of seconds, or one with s, m, h or d, from 0 "
         "to " +
             std::to_string(longest.count()) + " seconds.");
  return fallback;
}

std::vector<std::string> Form::Texts(std::string_view name) {
  TextRule rule;
  rule.required = false;
  const JsonValue* value = Find(name, rule);
  std::vector<std::string> texts;
  if (value == nullptr) return texts;
  if (value->AsArray() == nullptr) {
    Refuse(name, "Expected a list of items but got type \"" +
                     std::string(NameOfType(*value)) + "\".");
    return texts;
  }
  for (const JsonValue& item : *value->AsArray()) {
    if (item.AsString() == nullptr) {
      Refuse(name, kNoString);
      return {};
    }
    texts.push_back(*item.AsString());
  }
  return texts;
}

void Form::Refuse(std::string_view name, std::string message) {
  Refuse(name, std::vector<std::string>{std::move(message)});
}

void Form::Refuse(std::string_view name, std::vector<std::string> messages) {
  errors_.emplace_back(std::string(name), std::move(messages));
}

std::optional<HttpResponse> Form::Refusal() const {
  if (refusal_.has_value()) return refusal_;
  if (errors_.empty()) return std::nullopt;
  return ValidationAnswer(errors_);
}

}  // namespace clone_auth::service
