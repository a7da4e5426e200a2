#include "answer.h"

#include <algorithm>

#include "clone/json.h"

namespace jwt_lines {

using clone_auth::JsonWriter;

std::string Accepted(std::string_view claims) {
  std::string line(R"({"ok":true,"claims":)");
  line += claims;
  line += '}';
  // A strict JSON text has these between its parts only, where they are blanks.
  std::replace(line.begin(), line.end(), '\n', ' ');
  std::replace(line.begin(), line.end(), '\r', ' ');
  return line;
}

std::string Signed(std::string_view token, std::string_view jwk) {
  std::string line(R"({"token":")");
  line += token;
  line += R"(","jwk":)";
  line += jwk;
  return line += '}';
}

std::string Refused(std::string_view reason, std::string_view message) {
  JsonWriter json;
  json.BeginObject().Name("ok").Bool(false);
  json.Name("reason").String(reason).Name("message").String(message);
  return json.EndObject().Take();
}

}  // namespace jwt_lines
