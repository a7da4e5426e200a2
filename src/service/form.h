#pragma once

// The JSON object in a request's body, read field by field. What is wrong is
// collected, so that one answer names every field; the messages are those of
// Django REST framework. Belongs to one request.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clone/http.h"
#include "clone/json.h"
#include "service/responses.h"

namespace clone_auth::service {

struct TextRule {
  bool required = true;
  bool trim = true;
  bool nullable = false;
  std::size_t max_characters = 0;  ///< 0: no limit
};

class Form {
 public:
  explicit Form(const HttpRequest& request);

  /// The field's text; empty where it is missing or was refused.
  std::string Text(std::string_view name, const TextRule& rule = {});

  /// An email address in the form in which it is kept.
  std::string Email(std::string_view name);

  /// An optional length of time from zero to `longest`: a number of seconds,
  /// or a text such as "24h", with s, m, h or d.
  std::chrono::seconds Duration(std::string_view name,
                                std::chrono::seconds fallback,
                                std::chrono::seconds longest);

  /// The texts of an optional list.
  std::vector<std::string> Texts(std::string_view name);

  void Refuse(std::string_view name, std::string message);
  void Refuse(std::string_view name, std::vector<std::string> messages);

  /// The answer, if anything was wrong so far.
  std::optional<HttpResponse> Refusal() const;

 private:
  const JsonValue* Find(std::string_view name, const TextRule& rule);

  JsonValue body_;
  std::optional<HttpResponse> refusal_;
  FieldErrors errors_;
};

}  // namespace clone_auth::service
