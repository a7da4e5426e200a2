#include "showing_transport.h"

#include <cstdio>
#include <utility>

#include "clone/api_key.h"
#include "clone/json.h"

namespace walkthrough {
namespace {

using clone_auth::EqualsIgnoreAsciiCase;
using clone_auth::HttpLimits;
using clone_auth::HttpRequest;
using clone_auth::HttpResponse;
using clone_auth::JsonMember;
using clone_auth::JsonValue;
using clone_auth::JsonWriter;
using clone_auth::Result;

constexpr std::string_view kPassword = "password";
constexpr std::string_view kSecretNames[] = {kPassword, "access", "refresh",
                                             "key"};
constexpr std::string_view kBearer = "Bearer ";

bool IsSecretName(std::string_view name) {
  for (const std::string_view secret : kSecretNames) {
    if (name == secret) return true;
  }
  return false;
}

std::string PathOf(const std::string& target) {
  const std::size_t scheme = target.find("://");
  if (scheme == target.npos) return target;
  const std::size_t path = target.find('/', scheme + 3);
  return path == target.npos ? "/" : target.substr(path);
}

}  // namespace

ShowingTransport::ShowingTransport(
    std::shared_ptr<clone_auth::HttpTransport> inner,
    clone_auth::ApiKeyScheme scheme)
    : inner_(std::move(inner)), scheme_(std::move(scheme)) {}

Result<HttpResponse> ShowingTransport::Send(const HttpRequest& request,
                                            const HttpLimits& limits) {
  ShowRequest(request);
  auto response = inner_->Send(request, limits);
  if (!response.ok()) {
    std::printf("  < no answer: %s\n", response.status().ToString().c_str());
    return response;
  }
  std::printf("  < %d ", response->status);
  ShowBody(response->body);
  return response;
}

void ShowingTransport::ShowRequest(const HttpRequest& request) const {
  std::printf("  > %s %s\n", request.method.c_str(),
              PathOf(request.target).c_str());
  for (const auto& [name, value] : request.headers) {
    if (EqualsIgnoreAsciiCase(name, scheme_.header)) {
      std::printf("  > %s: %s\n", name.c_str(), Shorten(value).c_str());
    } else if (EqualsIgnoreAsciiCase(name, "Authorization")) {
      const std::string_view token =
          std::string_view(value).substr(kBearer.size());
      std::printf("  > %s: Bearer %s\n", name.c_str(), Shorten(token).c_str());
    }
  }
  if (request.body.empty()) return;
  std::printf("  > ");
  ShowBody(request.body);
}

void ShowingTransport::ShowBody(std::string_view body) const {
  const auto parsed = JsonValue::Parse(body);
  const JsonValue::Object* object = parsed.ok() ? parsed->AsObject() : nullptr;
  if (object == nullptr) {
    std::printf("(%zu bytes)\n", body.size());
    return;
  }
  JsonWriter json;
  json.BeginObject();
  for (const JsonMember& member : *object) {
    json.Name(member.name);
    const std::string* text = member.value.AsString();
    if (text != nullptr && IsSecretName(member.name)) {
      json.String(member.name == kPassword ? "..." : Shorten(*text));
    } else {
      json.Value(member.value);
    }
  }
  std::printf("%s\n", json.EndObject().Take().c_str());
}

/// Of a key its public part, of anything else a few characters: those of a
/// token are the same for all tokens.
std::string ShowingTransport::Shorten(std::string_view secret) const {
  constexpr std::size_t kShown = 6;
  const auto key = clone_auth::ParseApiKey(scheme_, secret);
  std::string_view shown = secret.substr(0, kShown);
  if (key.ok() && key->has_checksum) shown = key->display_prefix;
  if (secret.size() < 3 * kShown) shown = {};
  return std::string(shown) + "...";
}

}  // namespace walkthrough
