#include "rest/error_body.h"

#include <array>
#include <cstddef>
#include <utility>

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

// Which of somebody else's texts are shown, and as what line.
class FieldsText {
 public:
  explicit FieldsText(const std::vector<std::string_view>& secrets)
      : secrets_(secrets) {}

  void Add(std::string_view field, std::string_view message) {
    if (line_.size() >= kMaxFieldsText) return;
    if (!line_.empty()) line_ += ' ';
    if (field != "non_field_errors") line_ += Shown(field) + ": ";
    line_ += Shown(message);
  }

  /// {"email": ["...", "..."]}, or with one text instead of a list.
  void Add(std::string_view field, const JsonValue& value) {
    if (const std::string* const text = value.AsString()) Add(field, *text);
    const JsonValue::Array* const list = value.AsArray();
    if (list == nullptr) return;
    for (const JsonValue& entry : *list) {
      const std::string* const text = entry.AsString();
      if (text != nullptr) Add(field, *text);
    }
  }

  std::string Take() { return std::move(line_); }

 private:
  std::string Shown(std::string_view text) const {
    for (const std::string_view secret : secrets_) {
      if (!secret.empty() && text.find(secret) != text.npos) {
        return "(not shown)";
      }
    }
    return CleanText(text, kMaxFieldText);
  }

  const std::vector<std::string_view>& secrets_;
  std::string line_;
};

std::string TextOf(const JsonValue& object, std::string_view name) {
  const std::string* const text = object.FindString(name);
  return text != nullptr ? *text : std::string();
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

std::string_view MediaTypeForDisplay(const HttpResponse& response) {
  constexpr std::array<std::string_view, 5> kKnown = {
      "text/html", "text/plain", "text/xml", "application/xml",
      "application/octet-stream"};
  const std::string_view type = MediaType(response);
  if (type.empty()) return "of no type";
  for (const std::string_view known : kKnown) {
    if (EqualsIgnoreAsciiCase(type, known)) return known;
  }
  return "of another type";
}

ErrorBody ReadErrorBody(const HttpResponse& response,
                        const std::vector<std::string_view>& secrets) {
  ErrorBody read;
  if (!MayBeJson(response)) return read;
  const auto body = JsonValue::Parse(response.body);
  if (!body.ok()) return read;
  FieldsText fields(secrets);
  if (body->AsArray() != nullptr) {
    fields.Add("non_field_errors", *body);
    read.fields = fields.Take();
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
  for (const JsonMember& member : *members) {
    fields.Add(member.name, member.value);
  }
  read.fields = fields.Take();
  return read;
}

std::optional<Reason> OwnReason(const ErrorBody& body) {
  const std::optional<Reason> reason = ReasonFromWord(body.code);
  return reason == Reason::kNone ? std::nullopt : reason;
}

}  // namespace clone_auth
