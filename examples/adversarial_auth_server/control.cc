#include "control.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clone/json.h"

namespace adversarial {
namespace {

using clone_auth::HttpRequest;
using clone_auth::HttpResponse;
using clone_auth::JsonValue;
using clone_auth::JsonWriter;
using clone_auth::Status;
using clone_auth::WallTime;
using clone_auth::testing::AdversarialAuthServer;
using clone_auth::testing::Fault;

constexpr std::string_view kPrefix = "/_control/";

struct Call {
  AdversarialAuthServer& server;
  const JsonValue& body;  ///< null where the request has none
  WallTime now;
};

HttpResponse Json(int status, std::string body) {
  return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

HttpResponse Refuse(int status, std::string_view detail) {
  JsonWriter json;
  json.BeginObject().Name("detail").String(detail).EndObject();
  return Json(status, json.Take());
}

HttpResponse Pending(const Call& call) {
  JsonWriter json;
  json.BeginObject().Name("pending");
  json.Int(static_cast<std::int64_t>(call.server.pending_faults()));
  return Json(200, json.EndObject().Take());
}

HttpResponse NewSession(const Call& call) {
  const std::string* subject = call.body.FindString("subject");
  const auto tokens =
      call.server.NewSession(call.now, subject == nullptr ? "" : *subject);
  if (!tokens.ok()) return Refuse(500, tokens.status().message());
  return Json(201, TokensJson(*tokens));
}

HttpResponse AddFaults(const Call& call) {
  const JsonValue* listed = call.body.Find("faults");
  if (listed == nullptr || listed->AsArray() == nullptr) {
    return Refuse(400, "'faults' is a list of texts");
  }
  std::vector<Fault> faults;
  for (const JsonValue& item : *listed->AsArray()) {
    const std::string* text = item.AsString();
    if (text == nullptr) return Refuse(400, "'faults' is a list of texts");
    const auto fault = clone_auth::testing::ParseFault(*text);
    if (!fault.ok()) return Refuse(400, fault.status().message());
    faults.push_back(*fault);
  }
  for (Fault& fault : faults) {
    // ParseFault let it pass, so the server does.
    if (!call.server.Add(std::move(fault)).ok()) return Refuse(500, "refused");
  }
  return Pending(call);
}

HttpResponse ClearFaults(const Call& call) {
  call.server.ClearFaults();
  return Pending(call);
}

HttpResponse AnswerDevice(const Call& call) {
  const std::string* code = call.body.FindString("user_code");
  const JsonValue* agreed = call.body.Find("agreed");
  if (code == nullptr || agreed == nullptr || agreed->AsBool() == nullptr) {
    return Refuse(400, "a text 'user_code' and true or false as 'agreed'");
  }
  const Status status =
      call.server.AnswerDevice(*code, *agreed->AsBool(), call.now);
  return status.ok() ? Json(200, "{}") : Refuse(404, status.message());
}

HttpResponse Counts(const Call& call) {
  const auto counts = call.server.counts();
  JsonWriter json;
  const auto number = [&json](std::string_view name, std::uint64_t value) {
    json.Name(name).Int(static_cast<std::int64_t>(value));
  };
  const auto table = [&](std::string_view name, const auto& rows) {
    json.Name(name).BeginObject();
    for (const auto& [key, value] : rows) number(key, value);
    json.EndObject();
  };
  json.BeginObject();
  number("exchanges", counts.exchanges);
  number("rotations", counts.rotations);
  number("repeats", counts.repeats);
  number("reuse_detected", counts.reuse_detected);
  number("families_lost", counts.families_lost);
  number("redirects_followed", counts.redirects_followed);
  number("pending_faults", call.server.pending_faults());
  table("faults", counts.faults);
  table("requests", counts.requests);
  return Json(200, json.EndObject().Take());
}

struct Route {
  std::string_view method;
  std::string_view path;  ///< behind the prefix
  HttpResponse (*answer)(const Call&);
};

constexpr Route kRoutes[] = {
    {"POST", "sessions", NewSession},  {"POST", "faults", AddFaults},
    {"DELETE", "faults", ClearFaults}, {"POST", "devices", AnswerDevice},
    {"GET", "counts", Counts},
};

}  // namespace

std::optional<HttpResponse> Control(AdversarialAuthServer& server,
                                    const HttpRequest& request, WallTime now) {
  std::string_view path = request.target;
  if (path.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
  path = path.substr(kPrefix.size(), path.find('?') - kPrefix.size());
  const auto body =
      request.body.empty() ? JsonValue() : JsonValue::Parse(request.body);
  if (!body.ok()) return Refuse(400, body.status().message());
  for (const Route& route : kRoutes) {
    if (route.method == request.method && route.path == path) {
      return route.answer({server, *body, now});
    }
  }
  return Refuse(404, "there is no such control");
}

std::string TokensJson(const clone_auth::testing::FreshTokens& tokens) {
  JsonWriter json;
  json.BeginObject().Name("access").String(tokens.access);
  json.Name("refresh").String(tokens.refresh).EndObject();
  return json.Take();
}

}  // namespace adversarial
