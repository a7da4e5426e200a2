// login, in three ways: a code that is typed on any device, the browser of
// this machine, a password.

#include <chrono>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>

#include "auth_service.h"
#include "clone/browser_sign_in.h"
#include "clone/device_sign_in.h"
#include "clone/oauth_client.h"
#include "commands.h"
#include "identity.h"
#include "sign_in_screen.h"
#include "support/terminal.h"
#include "workspace.h"

namespace clonit {
namespace {

using clone_auth::DefaultServer;
using clone_auth::DevicePrompt;
using clone_auth::FlowDriverOptions;
using clone_auth::JsonWriter;
using clone_auth::OAuthClient;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Status;
using clone_auth::StoredSession;
using clone_auth::TokenAnswer;
using clone_auth::TokenStore;

constexpr std::chrono::seconds kPatience{10};
constexpr const char* kClientId = "clonit-cli";
constexpr const char* kScope = "openid offline_access";

/// Who asks, and for what.
struct Application {
  OAuthClient client;
  std::string scope;
};

/// The first that says anything.
std::string FirstOf(std::initializer_list<std::string> texts) {
  for (const std::string& text : texts) {
    if (!text.empty()) return text;
  }
  return "";
}

Result<Application> FindApplication(Workspace& workspace,
                                    const Options& options,
                                    const std::string& cloud_url) {
  auto found = options.auth_url.empty()
                   ? DiscoverCloud(workspace, cloud_url)
                   : DiscoverIssuer(workspace, options.auth_url);
  if (!found.ok()) return found.status();
  clone_auth::OAuthClientOptions who;
  who.server = std::move(found->server);
  who.client_id = FirstOf({options.client_id, found->client_id, kClientId});
  auto client = OAuthClient::Create(std::move(who));
  if (!client.ok()) return client.status();
  return Application{std::move(client).value(),
                     FirstOf({options.scope, found->scope, kScope})};
}

Result<TokenAnswer> SignInHere(const Application& application,
                               const FlowDriverOptions& driver,
                               bool opens_browser, SignInScreen& screen) {
  clone_auth::AuthorizationCodeOptions request;
  request.scope = application.scope;
  const auto until = clone_auth::SystemClock().Now() + request.lifetime;
  clone_auth::BrowserSignInOptions options;
  options.driver = driver;
  options.show = [&](const std::string& url) { screen.Show(url, until); };
  if (!opens_browser) {
    options.open = [](const std::string& /*url*/) { return Status(); };
  }
  auto signed_in = clone_auth::SignInWithBrowser(application.client,
                                                 std::move(request), options);
  if (!signed_in.ok()) return signed_in.status();
  return std::move(signed_in->answer);
}

/// With a code or the browser, as the options say.
Result<TokenAnswer> SignInBy(const Options& options,
                             const Application& application,
                             clone_auth::HttpTransport& transport,
                             Output& out) {
  SignInScreen screen(options, out);
  FlowDriverOptions driver;
  driver.transport = &transport;
  driver.wait = [&](std::chrono::nanoseconds time) {
    return screen.Wait(time);
  };
  if (options.with_browser) {
    return SignInHere(application, driver, !options.no_browser, screen);
  }
  return clone_auth::SignInWithDevice(
      application.client, application.scope,
      {driver, [&](const DevicePrompt& prompt) { screen.Show(prompt); }});
}

void WarnOfWhatIsMissing(const TokenAnswer& answer, const std::string& scope,
                         Output& out) {
  const std::string withheld = answer.Withheld(scope);
  if (!withheld.empty()) out.Warn("this was not granted: " + withheld);
  if (answer.tokens.refresh.empty()) {
    out.Warn(
        "there is no refresh token, so the session ends with its first "
        "access token");
  }
}

/// Signs in where the cloud says, or the options.
Result<StoredSession> SignInAtIssuer(Workspace& workspace,
                                     const Options& options,
                                     const std::string& cloud_url,
                                     Output& out) {
  const auto application = FindApplication(workspace, options, cloud_url);
  if (!application.ok()) return application.status();
  const auto transport = workspace.Transport();
  if (!transport.ok()) return transport.status();
  auto answer = SignInBy(options, *application, **transport, out);
  if (!answer.ok()) return answer.status();
  WarnOfWhatIsMissing(*answer, application->scope, out);
  return MakeStoredSession(application->client.SessionOptions(cloud_url),
                           std::move(answer->tokens));
}

/// Signs in at the cloud itself.
Result<StoredSession> SignInWithPassword(Workspace& workspace,
                                         const std::string& email,
                                         const std::string& cloud_url) {
  const auto client = workspace.Client(cloud_url, nullptr);
  if (!client.ok()) return client.status();
  const auto password = console::ReadSecret("Password: ");
  if (!password.ok()) return password.status();
  auto signed_in = (*client)->Login(email, *password);
  if (!signed_in.ok()) return signed_in.status();
  return StoredSession{cloud_url, std::move(signed_in->tokens)};
}

/// Stores `session`, and ends the one that it takes the place of. That this
/// cannot be ended is no reason to fail: it dies by itself.
Status Keep(Workspace& workspace, TokenStore& store,
            const StoredSession& session) {
  const auto old = store.Load();
  if (const Status saved = store.Save(session); !saved.ok()) {
    [[maybe_unused]] const Status ended = EndAtServer(workspace, session);
    return saved;
  }
  if (old.ok() && old->has_value() && (*old)->base_url == session.base_url) {
    [[maybe_unused]] const Status ended = EndAtServer(workspace, **old);
  }
  return Status();
}

/// Signs in and stores the session; the issuer, which is empty where that is
/// the cloud itself.
Result<std::string> SignIn(Workspace& workspace, const DefaultServer& server,
                           const Options& options, Output& out) {
  const auto store =
      clone_auth::MakeFileTokenStore(SessionFile(server.config_file));
  // Whether it can be stored is found out before a person is asked.
  if (const auto lock = store->Acquire(kPatience); !lock.ok()) {
    return lock.status();
  }
  const auto session =
      options.with_password
          ? SignInWithPassword(workspace, options.email, server.base_url)
          : SignInAtIssuer(workspace, options, server.base_url, out);
  if (!session.ok()) return session.status();
  if (const Status kept = Keep(workspace, *store, *session); !kept.ok()) {
    return kept;
  }
  return session->issuer;
}

/// Who is signed in now; empty where it cannot be told, or another credential
/// goes before this session, which is said then.
std::string HandleOf(Workspace& workspace, Output& out) {
  auto opened = OpenSignedIn(workspace);
  if (!opened.ok()) return "";
  if (opened->found_in != "session") {
    out.Warn("an API key from the " + opened->found_in +
             " goes before this session");
    return "";
  }
  const auto identity = IdentityOf(workspace, *opened);
  return identity.ok() ? identity->Handle() : "";
}

}  // namespace

ExitCode Commands::Login(const Options& options, Output& out) {
  Workspace workspace(options);
  const auto server = workspace.Server();
  if (!server.ok()) return out.Fail(server.status());
  const auto issuer = SignIn(workspace, *server, options, out);
  if (!issuer.ok()) return out.Fail(issuer.status());
  std::string handle = HandleOf(workspace, out);
  if (handle.empty()) handle = options.email;
  if (out.json()) {
    JsonWriter json;
    json.BeginObject();
    WriteText("identity", handle, json);
    json.Name("server").String(server->base_url);
    WriteText("issuer", *issuer, json);
    json.Name("session").String(SessionFile(server->config_file)).EndObject();
    out.Print(json);
  } else {
    out.Note("signed in at " + server->base_url +
             (handle.empty() ? "" : " as " + handle));
  }
  WarnOfClock(workspace, out);
  return ExitCode::kOk;
}

}  // namespace clonit
