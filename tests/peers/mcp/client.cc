// An MCP client (Model Context Protocol 2025-11-25, streamable HTTP) that calls
// the first tool of a server, and signs in wherever the server asks for it: the
// other end of the protocol's conformance suite, whose checks of authorization
// are here checks of the library.
//
// usage: mcp-conformance-client [--client-credentials] [--client-id URL] SERVER
//   --client-credentials      signs in as itself and not as a person
//   --client-id URL           of what it says of itself, for servers that take
//                             such a URL for a client_id
//   MCP_CONFORMANCE_CONTEXT   {"client_id": ..., "client_secret": ...} or
//                             {"client_id": ..., "private_key_pem": ...}, where
//                             somebody has registered it by hand

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/macros.h"
#include "clone/bearer_challenge.h"
#include "clone/browser_sign_in.h"
#include "clone/client_assertion.h"
#include "clone/client_registration.h"
#include "clone/credential_source.h"
#include "clone/diagnosis.h"
#include "clone/discovery.h"
#include "clone/json.h"
#include "clone/rest_client.h"

namespace clone_auth {
namespace {

constexpr const char* kProtocol = "2025-11-25";
constexpr const char* kRedirectUri = "http://127.0.0.1/callback";
constexpr const char* kKey = "private_key_pem";  // for ES256
// A server that asks for ever more is not followed for ever.
constexpr int kMostSignIns = 3;

struct Options {
  std::string server;
  std::string client_id_url;
  bool client_credentials = false;
  JsonValue context;
};

// Signs in, as often as there is a reason to.
class Visitor {
 public:
  Visitor(const Options& options, std::shared_ptr<HttpTransport> transport)
      : options_(options), transport_(std::move(transport)) {}

  /// What to send from now on, after an answer with these headers.
  Result<std::shared_ptr<CredentialSource>> SignIn(const HttpHeaders& headers) {
    CLONE_AUTH_ASSIGN_OR_RETURN(const Discovered found, Discover(headers));
    asked_scope_ = found.scope;
    CLONE_AUTH_ASSIGN_OR_RETURN(const OAuthClient client, ClientAt(found));
    CLONE_AUTH_ASSIGN_OR_RETURN(TokenAnswer answer, options_.client_credentials
                                                        ? AsItself(client)
                                                        : AsPerson(client));
    CLONE_AUTH_ASSIGN_OR_RETURN(
        auto session,
        TokenSession::Create(client.SessionOptions(options_.server),
                             std::move(answer.tokens), SystemClock().Now()));
    return std::shared_ptr<CredentialSource>(SessionCredentialSource::Create(
        std::move(session), transport_, nullptr));
  }

 private:
  FlowDriverOptions Driver() const {
    FlowDriverOptions driver;
    driver.transport = transport_.get();
    return driver;
  }

  Result<Discovered> Discover(const HttpHeaders& headers) {
    DiscoveryOptions where;
    where.resource_url = options_.server;
    where.challenge = headers;
    where.asked_scope = asked_scope_;
    where.offline_access = !options_.client_credentials;
    CLONE_AUTH_ASSIGN_OR_RETURN(Discovery discovery,
                                Discovery::Create(std::move(where)));
    RunFlow(discovery, Driver());
    return discovery.Take();
  }

  Result<OAuthClient> ClientAt(const Discovered& found) {
    RegisteredClient& known = known_[found.server.issuer];
    if (known.client_id.empty()) {
      CLONE_AUTH_ASSIGN_OR_RETURN(known, Introduce(found.server));
    }
    OAuthClientOptions who;
    who.server = found.server;
    who.client_id = known.client_id;
    who.client_secret = known.client_secret;
    who.authentication = known.authentication;
    who.resource = found.resource;
    return OAuthClient::Create(std::move(who));
  }

  // In the order of the protocol: registered by hand, by a URL that the server
  // fetches, by itself.
  Result<RegisteredClient> Introduce(const AuthServerMetadata& server) {
    RegisteredClient client;
    if (const std::string* id = options_.context.FindString("client_id")) {
      client.client_id = *id;
      if (const std::string* secret =
              options_.context.FindString("client_secret")) {
        client.client_secret =
            std::make_shared<const Secret>(Secret::CopyOf(*secret));
      }
      return client;
    }
    if (server.client_id_metadata_document_supported &&
        !options_.client_id_url.empty()) {
      client.client_id = options_.client_id_url;
      return client;
    }
    ClientRegistration registration;
    registration.client_name = "mcp-conformance-client";
    registration.redirect_uris = {kRedirectUri};
    CLONE_AUTH_ASSIGN_OR_RETURN(const HttpRequest request,
                                RegistrationRequest(server, registration));
    return ReadRegistrationAnswer(transport_->Send(request, {}));
  }

  Result<TokenAnswer> AsItself(const OAuthClient& client) {
    const WallTime now = SystemClock().Now();
    Secret assertion;
    std::string_view type;
    if (const std::string* pem = options_.context.FindString(kKey)) {
      CLONE_AUTH_ASSIGN_OR_RETURN(
          const JwtSigningKey key,
          JwtSigningKey::FromPem(Secret::CopyOf(*pem), JwtAlgorithm::kEs256));
      CLONE_AUTH_ASSIGN_OR_RETURN(assertion,
                                  MakeClientAssertion(client, key, now));
      type = kClientAssertionType;
    }
    const HttpRequest request =
        client.TokenRequest({{"grant_type", "client_credentials"},
                             {"scope", asked_scope_},
                             {"client_assertion_type", type},
                             {"client_assertion", assertion.Reveal()}});
    return client.ReadTokenAnswer(transport_->Send(request, {}), now);
  }

  // The suite's page sends the browser back at once.
  Result<TokenAnswer> AsPerson(const OAuthClient& client) {
    AuthorizationCodeOptions request;
    request.scope = asked_scope_;
    std::thread browser;
    BrowserSignInOptions options;
    options.driver = Driver();
    options.open = [&](const std::string& url) -> Status {
      HttpRequest visit;
      visit.target = url;
      CLONE_AUTH_ASSIGN_OR_RETURN(const HttpResponse page,
                                  transport_->Send(visit, {}));
      const std::string* const back = page.headers.Find("Location");
      if (back == nullptr) return Status(Reason::kUrlMalformed);
      visit.target = *back;
      browser = std::thread(
          [this, visit] { static_cast<void>(transport_->Send(visit, {})); });
      return Status();
    };
    auto signed_in = SignInWithBrowser(client, std::move(request), options);
    if (browser.joinable()) browser.join();
    CLONE_AUTH_RETURN_IF_ERROR(signed_in.status());
    return std::move(signed_in->answer);
  }

  const Options& options_;
  const std::shared_ptr<HttpTransport> transport_;
  std::string asked_scope_;
  std::map<std::string, RegisteredClient> known_;  // by issuer
};

// Whether signing in, anew or for more, may make an answer another one.
bool AsksToSignIn(const HttpResponse& answer) {
  return answer.status == 401 ||
         (answer.status == 403 &&
          ReadBearerChallenge(answer.headers).error == "insufficient_scope");
}

// The message with this id in a body that is one message or, with each in a
// line of its own, a stream of events.
Result<JsonValue> MessageOf(std::string_view body, std::int64_t id) {
  constexpr std::string_view kData = "data:";
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('\n'), body.size());
    std::string_view line = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (line.substr(0, kData.size()) == kData) line.remove_prefix(kData.size());
    auto message = JsonValue::Parse(line);
    const JsonValue* const its = message.ok() ? message->Find("id") : nullptr;
    if (its != nullptr && its->AsInt() != nullptr && *its->AsInt() == id) {
      return message;
    }
  }
  return Status(Reason::kAnswerMalformed, "there is no answer to the request");
}

class McpClient {
 public:
  McpClient(const Options& options, std::shared_ptr<HttpTransport> transport)
      : options_(options),
        transport_(transport),
        visitor_(options, std::move(transport)) {}

  /// The result of a request; `params` is a JSON object.
  Result<JsonValue> Call(const char* method, const std::string& params) {
    const std::int64_t id = ++last_id_;
    CLONE_AUTH_ASSIGN_OR_RETURN(
        const HttpResponse answer,
        Post(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) +
             R"(,"method":")" + method + R"(","params":)" + params + "}"));
    CLONE_AUTH_ASSIGN_OR_RETURN(const JsonValue message,
                                MessageOf(answer.body, id));
    const JsonValue* const result = message.Find("result");
    if (result != nullptr) return *result;
    return Status(Reason::kRequestRefused, "the server has no result");
  }

  Status Notify(const char* method) {
    return Post(std::string(R"({"jsonrpc":"2.0","method":")") + method + "\"}")
        .status();
  }

 private:
  Result<HttpResponse> Post(const std::string& message) {
    while (true) {
      CLONE_AUTH_ASSIGN_OR_RETURN(HttpResponse answer, SendOnce(message));
      if (answer.status / 100 == 2) return answer;
      if (!AsksToSignIn(answer) || ++sign_ins_ > kMostSignIns) {
        return Diagnose(answer, std::nullopt, SystemClock().Now())
            .ToStatus(answer.status);
      }
      CLONE_AUTH_ASSIGN_OR_RETURN(credentials_,
                                  visitor_.SignIn(answer.headers));
    }
  }

  Result<HttpResponse> SendOnce(const std::string& message) {
    RestClientOptions options;
    options.base_url = options_.server;
    options.credentials = credentials_;
    options.transport = transport_;
    CLONE_AUTH_ASSIGN_OR_RETURN(const auto sender,
                                RestClient::Create(std::move(options)));
    HttpRequest request;
    request.method = "POST";
    request.target = options_.server;
    request.headers = {{"Content-Type", "application/json"},
                       {"Accept", "application/json, text/event-stream"},
                       {"MCP-Protocol-Version", kProtocol}};
    request.body = message;
    return sender->Send(std::move(request));
  }

  const Options& options_;
  const std::shared_ptr<HttpTransport> transport_;
  Visitor visitor_;
  std::shared_ptr<CredentialSource> credentials_;
  std::int64_t last_id_ = 0;
  int sign_ins_ = 0;
};

Status CallFirstTool(const Options& options) {
  CLONE_AUTH_ASSIGN_OR_RETURN(std::shared_ptr<HttpTransport> transport,
                              MakeCurlTransport());
  McpClient client(options, std::move(transport));
  CLONE_AUTH_RETURN_IF_ERROR(
      client
          .Call("initialize",
                std::string(R"({"protocolVersion":")") + kProtocol +
                    R"(","capabilities":{},"clientInfo":)"
                    R"({"name":"mcp-conformance-client","version":"1"}})")
          .status());
  CLONE_AUTH_RETURN_IF_ERROR(client.Notify("notifications/initialized"));
  CLONE_AUTH_ASSIGN_OR_RETURN(const JsonValue listed,
                              client.Call("tools/list", "{}"));
  const JsonValue* const tools = listed.Find("tools");
  const JsonValue::Array* const all =
      tools == nullptr ? nullptr : tools->AsArray();
  if (all == nullptr || all->empty()) return Status(Reason::kNotFound);
  const std::string* const name = all->front().FindString("name");
  if (name == nullptr) return Status(Reason::kAnswerMalformed);
  JsonWriter call;
  call.BeginObject().Name("name").String(*name);
  call.Name("arguments").BeginObject().EndObject().EndObject();
  return client.Call("tools/call", call.Take()).status();
}

Result<Options> ReadOptions(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--client-credentials") {
      options.client_credentials = true;
    } else if (argument == "--client-id" && i + 1 < argc) {
      options.client_id_url = argv[++i];
    } else {
      options.server = argument;
    }
  }
  const char* const context = std::getenv("MCP_CONFORMANCE_CONTEXT");
  CLONE_AUTH_ASSIGN_OR_RETURN(
      options.context, JsonValue::Parse(context == nullptr ? "{}" : context));
  return options;
}

}  // namespace
}  // namespace clone_auth

int main(int argc, char** argv) {
  const auto options = clone_auth::ReadOptions(argc, argv);
  const clone_auth::Status status =
      options.ok() ? clone_auth::CallFirstTool(*options) : options.status();
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}
