#include <cstdlib>
#include <utility>

#include "base/macros.h"
#include "base/url.h"
#include "clone/credential_source.h"
#include "credential/config_file.h"

namespace clone_auth {
namespace {

constexpr char kTokenVariable[] = "CLONE_API_TOKEN";
constexpr char kUrlVariable[] = "CLONE_API_URL";

std::optional<std::string> ProcessEnvironment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

/// The same failure, with where the broken thing stands.
Status In(const std::string& where, const Status& status) {
  return Status(status.reason(), where + ": " + std::string(status.message()));
}

Result<bool> IsSameOrigin(const std::string& a, const std::string& b) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const Url first, ParseUrl(a));
  CLONE_AUTH_ASSIGN_OR_RETURN(const Url second, ParseUrl(b));
  return first.Origin() == second.Origin();
}

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

class Finder {
 public:
  explicit Finder(DefaultSourceOptions options) : options_(std::move(options)) {
    if (!options_.environment) options_.environment = ProcessEnvironment;
    if (options_.clock == nullptr) options_.clock = &SystemClock();
    if (options_.config_file.empty()) options_.config_file = DefaultFile();
  }

  Result<DefaultSource> Find();
  Result<DefaultServer> FindServer() const;

 private:
  // A variable that is empty counts as not set.
  std::string Variable(const char* name) const {
    return options_.environment(name).value_or("");
  }

  std::string DefaultFile() const {
    const std::string config = Variable("XDG_CONFIG_HOME");
    // A relative one is to be ignored (XDG base directory specification).
    if (!config.empty() && config.front() == '/') {
      return config + "/clonit/config.yaml";
    }
    const std::string home = Variable("HOME");
    return home.empty() ? "" : home + "/.config/clonit/config.yaml";
  }

  // The server that the program or the environment names.
  std::string NamedUrl() const {
    return options_.base_url.empty() ? Variable(kUrlVariable)
                                     : options_.base_url;
  }

  Result<CloudConfig> Config() const {
    if (options_.config_file.empty()) return CloudConfig();
    return ReadCloudConfig(options_.config_file);
  }

  Result<DefaultSource> Fixed(Secret text, const std::string& url,
                              const char* found_in,
                              const std::string& where) const;
  Result<DefaultSource> GivenForThisRun(Secret text, const char* found_in,
                                        const std::string& where) const;
  Result<DefaultSource> FromConfig(CloudConfig config) const;
  Result<DefaultSource> FromSession(const std::string& wanted_url);

  DefaultSourceOptions options_;
};

Result<DefaultSource> Finder::Fixed(Secret text, const std::string& url,
                                    const char* found_in,
                                    const std::string& where) const {
  if (url.empty()) {
    return Status(Reason::kNotConfigured,
                  "there is a credential but no server for it: set " +
                      std::string(kUrlVariable) + " or cloud.url");
  }
  auto credential = Credential::Parse(std::move(text), options_.scheme);
  if (!credential.ok()) return In(where, credential.status());
  const Status bound = credential->BindTo(url);
  if (!bound.ok()) return In("the server's URL", bound);
  DefaultSource found;
  found.base_url = url;
  found.source = MakeStaticSource(std::move(credential).value());
  found.found_in = found_in;
  return found;
}

// What is given for this run may be meant for the configured server.
Result<DefaultSource> Finder::GivenForThisRun(Secret text, const char* found_in,
                                              const std::string& where) const {
  CLONE_AUTH_ASSIGN_OR_RETURN(const DefaultServer server, FindServer());
  return Fixed(std::move(text), server.base_url, found_in, where);
}

// A key that stands beside `cloud.url` is for that server alone, whatever
// else is named.
Result<DefaultSource> Finder::FromConfig(CloudConfig config) const {
  const std::string named = NamedUrl();
  if (!named.empty() && !config.url.empty()) {
    CLONE_AUTH_ASSIGN_OR_RETURN(const bool is_same,
                                IsSameOrigin(named, config.url));
    if (!is_same) {
      return Status(Reason::kForeignOrigin,
                    config.origin +
                        ": cloud.api_key is for cloud.url and not "
                        "for the server that was named");
    }
  }
  return Fixed(std::move(config.api_key), named.empty() ? config.url : named,
               "config", config.origin);
}

Result<DefaultSource> Finder::FromSession(const std::string& wanted_url) {
  const std::string path = FolderOf(options_.config_file) + "credentials.json";
  std::shared_ptr<TokenStore> store = MakeFileTokenStore(path);
  auto stored = store->Load();
  if (!stored.ok()) return In(path, stored.status());
  if (!stored->has_value()) {
    return wanted_url.empty()
               ? Status(Reason::kNotConfigured)
               : Status(Reason::kNotConfigured,
                        "nobody is signed in and no API key is configured");
  }
  DefaultSource found;
  found.base_url = (*stored)->base_url;
  if (!wanted_url.empty()) {
    const auto is_same = IsSameOrigin(wanted_url, found.base_url);
    if (!is_same.ok()) return is_same.status();
    if (!*is_same) {
      return Status(Reason::kForeignOrigin,
                    path + " holds a session of another server; sign in again");
    }
  }
  if (options_.transport == nullptr) {
    CurlTransportOptions for_refreshes;
    for_refreshes.max_idle_connections = 0;
    CLONE_AUTH_ASSIGN_OR_RETURN(options_.transport,
                                MakeCurlTransport(for_refreshes));
  }
  TokenSessionOptions session_options = SessionOptionsOf(**stored);
  session_options.scheme = options_.scheme;
  auto session =
      TokenSession::Create(std::move(session_options),
                           std::move((*stored)->tokens), options_.clock->Now());
  if (!session.ok()) return In(path, session.status());
  found.source = SessionCredentialSource::Create(
      std::move(session).value(), options_.transport, options_.clock, store);
  found.found_in = "session";
  return found;
}

Result<DefaultServer> Finder::FindServer() const {
  DefaultServer server{NamedUrl(), options_.config_file};
  if (!server.base_url.empty()) return server;
  CLONE_AUTH_ASSIGN_OR_RETURN(CloudConfig config, Config());
  server.base_url = std::move(config.url);
  return server;
}

Result<DefaultSource> Finder::Find() {
  if (!options_.credential.empty()) {
    return GivenForThisRun(std::move(options_.credential), "explicit",
                           "the credential given");
  }
  std::string token = Variable(kTokenVariable);
  if (!token.empty()) {
    Secret secret = Secret::CopyOf(token);
    WipeBytes(token.data(), token.size());
    return GivenForThisRun(std::move(secret), "environment", kTokenVariable);
  }
  CLONE_AUTH_ASSIGN_OR_RETURN(CloudConfig config, Config());
  if (!config.api_key.empty()) return FromConfig(std::move(config));
  if (options_.config_file.empty()) return Status(Reason::kNotConfigured);
  const std::string named = NamedUrl();
  return FromSession(named.empty() ? config.url : named);
}

}  // namespace

Result<DefaultServer> FindDefaultServer(DefaultSourceOptions options) {
  return Finder(std::move(options)).FindServer();
}

Result<DefaultSource> MakeDefaultSource(DefaultSourceOptions options) {
  return Finder(std::move(options)).Find();
}

}  // namespace clone_auth
