#pragma once

// What the tests of signing in with a browser have for an authorization
// server: its metadata, its key, and the answers that it gives.

#include <string>
#include <string_view>

#include "clone/auth_server_metadata.h"
#include "clone/clock.h"
#include "clone/http.h"
#include "clone/jwt.h"
#include "clone/oauth_client.h"
#include "oauth/query.h"

namespace clone_auth::testing {

inline AuthServerMetadata ServerMetadata(
    const std::string& issuer = "https://auth.example") {
  AuthServerMetadata server;
  server.issuer = issuer;
  server.authorization_endpoint = issuer + "/authorize";
  server.token_endpoint = issuer + "/token";
  server.jwks_uri = issuer + "/jwks";
  server.code_challenge_methods_supported = {"plain", "S256"};
  return server;
}

inline OAuthClient ClientOf(AuthServerMetadata server) {
  OAuthClientOptions options;
  options.server = std::move(server);
  options.client_id = "app";
  options.resource = "https://api.example/";
  return OAuthClient::Create(std::move(options)).value();
}

/// A parameter of a URL; empty where it has none.
inline std::string ParameterOf(const std::string& url, std::string_view name) {
  const auto query = Query::Parse(url.substr(url.find('?') + 1));
  const std::string* const value =
      query.has_value() ? query->Find(name) : nullptr;
  return value != nullptr ? *value : std::string();
}

/// The key of a server, and what it says under it.
class ServerKey {
 public:
  ServerKey() : key_(JwtSigningKey::Generate(JwtAlgorithm::kEs256).value()) {}

  HttpResponse Keys() const {
    return {200, {}, JwkSet::Of({&key_})->ToPublicJson()};
  }

  /// Tokens for "app" by "https://auth.example", with an ID token that has this
  /// nonce.
  HttpResponse Tokens(WallTime now, const std::string& nonce) const {
    JwtClaims claims;
    claims.issuer = "https://auth.example";
    claims.subject = "user-1";
    claims.audience = {"app"};
    claims.issued_at = now;
    claims.expires_at = now + std::chrono::hours(1);
    claims.more = {{"nonce", JsonValue(nonce)}};
    const auto id_token = JwtSigner::Create(key_, "JWT")->Sign(claims);
    return {200,
            {{"Content-Type", "application/json"}},
            R"({"access_token":"granted","token_type":"Bearer",)"
            R"("expires_in":3600,"id_token":")" +
                *id_token + "\"}"};
  }

 private:
  JwtSigningKey key_;
};

/// Tokens without an ID token.
inline HttpResponse PlainTokens() {
  return {200,
          {{"Content-Type", "application/json"}},
          R"({"access_token":"granted","token_type":"Bearer"})"};
}

}  // namespace clone_auth::testing
