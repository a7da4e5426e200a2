#include "request.h"

#include <cmath>
#include <utility>

#include "clone/json.h"

namespace jwt_lines {
namespace {

using clone_auth::JsonLimits;
using clone_auth::JsonValue;
using clone_auth::JsonWriter;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Status;

// Deeper than anything in it may be, so that the library says so and not this
// program.
constexpr JsonLimits kLimits = {kMaxLine, 64};
// What a clock of the library can count to.
constexpr double kMaxSeconds = 9'223'372'036.0;

// Takes the members of one line and keeps the first thing that was wrong.
class Members {
 public:
  explicit Members(const JsonValue& line) : line_(line) {}

  const Status& status() const { return status_; }

  std::string Text(std::string_view name) {
    if (const std::string* text = line_.FindString(name)) return *text;
    Refuse(name, "a string");
    return {};
  }

  // Null is like absent: there is nothing to switch off.
  std::string OptionalText(std::string_view name) {
    const JsonValue* value = line_.Find(name);
    return value == nullptr || value->IsNull() ? std::string() : Text(name);
  }

  Check CheckOf(std::string_view name) {
    const JsonValue* value = line_.Find(name);
    if (value == nullptr) return {};
    if (value->IsNull()) return {true, std::nullopt};
    return {false, Text(name)};
  }

  std::vector<std::string> Texts(std::string_view name) {
    std::vector<std::string> texts;
    const JsonValue* value = line_.Find(name);
    const auto* list = value == nullptr ? nullptr : value->AsArray();
    if (list == nullptr) Refuse(name, "an array of strings");
    for (const JsonValue& item : list == nullptr ? JsonValue::Array() : *list) {
      const std::string* text = item.AsString();
      if (text == nullptr) {
        Refuse(name, "an array of strings");
      } else {
        texts.push_back(*text);
      }
    }
    return texts;
  }

  // The value written anew: in its order, numbers in their shortest form.
  std::string Json(std::string_view name) {
    const JsonValue* value = line_.Find(name);
    if (value != nullptr) return JsonWriter().Value(*value).Take();
    Refuse(name, "a JSON value");
    return {};
  }

  // Whole seconds; a fraction is dropped.
  std::optional<std::int64_t> Seconds(std::string_view name) {
    const JsonValue* value = line_.Find(name);
    if (value == nullptr || value->IsNull()) return std::nullopt;
    const std::optional<double> number = value->AsNumber();
    if (number.has_value() && *number >= 0 && *number <= kMaxSeconds) {
      return static_cast<std::int64_t>(std::floor(*number));
    }
    Refuse(name, "a number of seconds from 0 to 9223372036");
    return std::nullopt;
  }

 private:
  void Refuse(std::string_view name, const char* wanted) {
    if (!status_.ok()) return;
    status_ = Status(Reason::kInvalidArgument,
                     "'" + std::string(name) + "' of the line is no " + wanted);
  }

  const JsonValue& line_;
  Status status_;
};

VerifyRequest ReadVerify(Members& members) {
  VerifyRequest request;
  request.token = members.Text("token");
  request.keys = members.Json("jwks");
  request.algorithms = members.Texts("algs");
  request.issuer = members.CheckOf("iss");
  request.audience = members.CheckOf("aud");
  request.type = members.CheckOf("typ");
  request.skew = members.Seconds("leeway");
  request.now = members.Seconds("now");
  return request;
}

SignRequest ReadSign(Members& members) {
  SignRequest request;
  request.algorithm = members.Text("alg");
  request.key_id = members.OptionalText("kid");
  request.claims = members.Json("claims");
  request.type = members.CheckOf("typ");
  return request;
}

}  // namespace

Result<Request> ReadRequest(std::string_view line) {
  const Result<JsonValue> json = JsonValue::Parse(line, kLimits);
  if (!json.ok()) return json.status();
  const std::string* operation = json->FindString("op");
  Members members(*json);
  Request request;
  if (operation != nullptr && *operation == "verify") {
    request = ReadVerify(members);
  } else if (operation != nullptr && *operation == "sign") {
    request = ReadSign(members);
  } else {
    return Status(Reason::kInvalidArgument,
                  "'op' of the line is neither verify nor sign");
  }
  if (!members.status().ok()) return members.status();
  return request;
}

}  // namespace jwt_lines
