#include "workspace.h"

#include <utility>

#include "tracing_transport.h"

namespace clonit {

using clone_auth::CredentialSource;
using clone_auth::CurlTransportOptions;
using clone_auth::DefaultServer;
using clone_auth::DefaultSource;
using clone_auth::DefaultSourceOptions;
using clone_auth::HttpTransport;
using clone_auth::Reason;
using clone_auth::RestClient;
using clone_auth::RestClientOptions;
using clone_auth::Result;
using clone_auth::SessionCredentialSource;
using clone_auth::Status;
using std::chrono::seconds;

Result<DefaultServer> Workspace::Server() const {
  DefaultSourceOptions options;
  options.config_file = options_.config_file;
  auto server = clone_auth::FindDefaultServer(std::move(options));
  if (!server.ok()) return server;
  if (server->config_file.empty()) {
    return Status(Reason::kNotConfigured,
                  "there is no home folder for a config file; set HOME");
  }
  if (server->base_url.empty()) {
    return Status(Reason::kNotConfigured,
                  "cloud.url is not set in " + server->config_file);
  }
  return server;
}

Result<DefaultSource> Workspace::Credential() {
  const auto server = Server();
  if (!server.ok()) return server.status();
  auto transport = Transport();
  if (!transport.ok()) return transport.status();
  DefaultSourceOptions options;
  options.config_file = server->config_file;
  options.transport = *transport;
  auto found = clone_auth::MakeDefaultSource(std::move(options));
  if (!found.ok() && found.status().reason() == Reason::kNotConfigured) {
    return Status(Reason::kCredentialMissing,
                  "nobody is signed in and no API key is configured");
  }
  return found;
}

Result<std::unique_ptr<RestClient>> Workspace::Client(
    const std::string& base_url, std::shared_ptr<CredentialSource> credentials,
    int max_attempts) {
  auto transport = Transport();
  if (!transport.ok()) return transport.status();
  RestClientOptions options;
  options.base_url = base_url;
  options.credentials = std::move(credentials);
  options.transport = *transport;
  options.retry.max_attempts = max_attempts;
  return RestClient::Create(std::move(options));
}

Result<std::shared_ptr<HttpTransport>> Workspace::Transport() {
  if (transport_ != nullptr) {
    return std::shared_ptr<HttpTransport>(transport_);
  }
  CurlTransportOptions options;
  options.user_agent = "clonit/" CLONIT_VERSION;
  auto curl = clone_auth::MakeCurlTransport(std::move(options));
  if (!curl.ok()) return curl.status();
  std::unique_ptr<HttpTransport> transport = std::move(curl).value();
  if (options_.debug) {
    transport = std::make_unique<TracingTransport>(std::move(transport));
  }
  transport_ = std::make_shared<ClockWatch>(std::move(transport));
  return std::shared_ptr<HttpTransport>(transport_);
}

std::optional<seconds> Workspace::clock_ahead() const {
  return transport_ == nullptr ? std::nullopt : transport_->clock_ahead();
}

Result<SignedInClient> OpenSignedIn(Workspace& workspace) {
  auto found = workspace.Credential();
  if (!found.ok()) return found.status();
  SignedInClient opened;
  opened.base_url = found->base_url;
  opened.found_in = found->found_in;
  opened.source = std::move(found->source);
  auto client = workspace.Client(opened.base_url, opened.source);
  if (!client.ok()) return client.status();
  opened.client = std::move(client).value();
  return opened;
}

SessionCredentialSource* SignedInClient::session() const {
  return dynamic_cast<SessionCredentialSource*>(source.get());
}

void WarnOfLostSession(const SignedInClient& opened, Output& out) {
  const auto* session = opened.session();
  if (session == nullptr) return;
  const Status stored = session->store_error();
  if (stored.ok()) return;
  out.Warn("the session was refreshed but cannot be kept: " +
           std::string(stored.message()));
}

void WarnOfClock(const Workspace& workspace, Output& out) {
  const auto ahead = workspace.clock_ahead();
  if (!ahead || std::chrono::abs(*ahead) <= kClockTolerance) return;
  out.Warn(InWords(*ahead) + "; set it (NTP)");
}

std::string InWords(seconds clock_ahead) {
  return "this machine's clock is " +
         std::to_string(std::chrono::abs(clock_ahead).count()) + " s " +
         (clock_ahead.count() < 0 ? "behind" : "ahead of") + " the server's";
}

std::string SessionFile(const std::string& config_file) {
  const std::size_t slash = config_file.rfind('/');
  const std::size_t folder = slash == std::string::npos ? 0 : slash + 1;
  return config_file.substr(0, folder) + "credentials.json";
}

}  // namespace clonit
