#include "rest/error_body.h"

#include <algorithm>
#include <cstddef>

#include "clone/json.h"

namespace clone_auth {
namespace {

constexpr std::size_t kMaxFieldText = 160;
constexpr std::size_t kMaxFieldsText = 400;

// The essence of "type/subtype; parameters".
std::string_view MediaType(const HttpResponse& response) {
  const std::string* const field = response.headers.Find("Content-Type");
  if (field == nullptr) return {};
  const std::string_view type = *field;
  return type.substr(0, type.find_first_of("; \t"));
}

bool IsTypeCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '/' || c == '-' || c == '+' || c == '.';
}

std::string TextOf(const JsonValue& object, std::string_view name) {
  const std::string* const text = object.FindString(name);
  return text != nullptr ? *text : std::string();
}

void AddSentence(std::string& line, std::string_view field,
                 std::string_view message) {
  if (line.size() >= kMaxFieldsText) return;
  if (!line.empty()) line += ' ';
  if (!field.empty() && field != "non_field_errors") {
    line += CleanText(field, kMaxFieldText);
    line += ": ";
  }
  line += CleanText(message, kMaxFieldText);
}

// {"email": ["...", "..."]}, or with one text instead of a list.
void ReadField(const JsonMember& member, std::string& line) {
  if (const std::string* const text = member.value.AsString()) {
    AddSentence(line, member.name, *text);
  }
  const JsonValue::Array* const list = member.value.AsArray();
  if (list == nullptr) return;
  for (const JsonValue& entry : *list) {
    const std::string* const text = entry.AsString();
    if (text != nullptr) AddSentence(line, member.name, *text);
  }
}

}  // namespace

std::string CleanText(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) {
    std::size_t end = max_bytes;
    // Not in the middle of a character of several bytes.
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) {
      --end;
    }
    text = text.substr(0, end);
  }
  std::string clean(text);
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const auto byte = static_cast<unsigned char>(clean[i]);
    if (byte < 0x20 || byte == 0x7f) clean[i] = ' ';
    // U+0080 to U+009F, which terminals obey as well.
    const bool is_c1 = byte == 0xc2 && i + 1 < clean.size() &&
                       static_cast<unsigned char>(clean[i + 1]) < 0xa0;
    if (is_c1) clean.replace(i, 2, "  ");
  }
  return clean;
}

bool MayBeJson(const HttpResponse& response) {
  const std::string_view type = MediaType(response);
  constexpr std::string_view kSuffix = "+json";
  return type.empty() || EqualsIgnoreAsciiCase(type, "application/json") ||
         (type.size() > kSuffix.size() &&
          EqualsIgnoreAsciiCase(type.substr(type.size() - kSuffix.size()),
                                kSuffix));
}

std::string MediaTypeForDisplay(const HttpResponse& response) {
  const std::string_view type = MediaType(response);
  if (type.empty()) return "no Content-Type";
  if (type.size() > 40 ||
      !std::all_of(type.begin(), type.end(), IsTypeCharacter)) {
    return "another type";
  }
  return std::string(type);
}

ErrorBody ReadErrorBody(const HttpResponse& response) {
  ErrorBody read;
  if (!MayBeJson(response)) return read;
  const auto body = JsonValue::Parse(response.body);
  if (!body.ok()) return read;
  if (body->AsArray() != nullptr) {
    ReadField({"non_field_errors", *body}, read.fields);
  }
  const JsonValue::Object* const members = body->AsObject();
  if (members == nullptr) return read;

  read.code = TextOf(*body, "code");
  if (read.code.empty()) read.code = TextOf(*body, "error");
  read.detail = TextOf(*body, "detail");
  // What SimpleJWT found wrong stands one level deeper.
  const JsonValue* const messages = body->Find("messages");
  if (messages != nullptr && messages->AsArray() != nullptr) {
    for (const JsonValue& message : *messages->AsArray()) {
      read.detail += " " + TextOf(message, "message");
    }
  }
  if (!read.code.empty() || !read.detail.empty()) return read;
  for (const JsonMember& member : *members) ReadField(member, read.fields);
  return read;
}

std::optional<Reason> OwnReason(const ErrorBody& body) {
  const std::optional<Reason> reason = ReasonFromWord(body.code);
  return reason == Reason::kNone ? std::nullopt : reason;
}

}  // namespace clone_auth
