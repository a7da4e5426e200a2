#include "testing/answers.h"

#include <utility>

#include "clone/json.h"

namespace clone_auth::testing {

HttpResponse JsonAnswer(int status, std::string body) {
  return {status,
          {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
          std::move(body)};
}

HttpResponse Tokens(Dialect dialect, const TokenAnswer& tokens) {
  const bool is_rest = dialect == Dialect::kRest;
  JsonWriter json;
  json.BeginObject();
  json.Name(is_rest ? "access" : "access_token").String(tokens.access);
  if (!is_rest) {
    json.Name("token_type").String("Bearer");
    json.Name("expires_in").Int(tokens.lifetime.count());
  }
  if (!tokens.refresh.empty()) {
    json.Name(is_rest ? "refresh" : "refresh_token").String(tokens.refresh);
  }
  return JsonAnswer(200, json.EndObject().Take());
}

HttpResponse RestRefusal(int status, Reason reason) {
  JsonWriter json;
  json.BeginObject();
  json.Name("detail").String(Describe(reason).text);
  json.Name("code").String(Describe(reason).word);
  HttpResponse answer = JsonAnswer(status, json.EndObject().Take());
  if (status == 401) {
    answer.headers.Add("WWW-Authenticate", R"(Bearer realm="api")");
  }
  return answer;
}

HttpResponse OAuthRefusal(std::string_view error) {
  JsonWriter json;
  json.BeginObject().Name("error").String(error).EndObject();
  return JsonAnswer(400, json.Take());
}

HttpResponse RefreshRefusal(Dialect dialect, Reason reason) {
  return dialect == Dialect::kRest ? RestRefusal(401, reason)
                                   : OAuthRefusal("invalid_grant");
}

}  // namespace clone_auth::testing
