#include "service/form.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
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
