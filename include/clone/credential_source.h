#pragma once

// Where a client gets the credential for each request: a fixed one, a session
// that refreshes itself, or the first that is configured. Sources may be
// shared between threads.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "clone/api_key_scheme.h"
#include "clone/clock.h"
#include "clone/credential.h"
#include "clone/http.h"
#include "clone/result.h"
#include "clone/secret.h"
#include "clone/token_session.h"
#include "clone/token_store.h"

namespace clone_auth {

class CredentialSource {
 public:
  virtual ~CredentialSource() = default;

  /// The header for a request to `url`; may block for a refresh where no valid
  /// token is at hand. The views are valid until this thread asks a source
  /// again.
  virtual Result<CredentialHeader> HeaderFor(std::string_view method,
                                             std::string_view url) = 0;

  /// Tells that the server refused the credential of `generation` with 401.
  /// True: another one is at hand, try once more.
  virtual bool Renew(std::uint64_t generation) = 0;
};

/// Always the same credential, such as an API key.
std::unique_ptr<CredentialSource> MakeStaticSource(Credential credential);

/// Drives a TokenSession with blocking calls: refreshes ahead of expiry in the
/// thread that asks first while the others go on with the old token, and one
/// refresh however many ask. Setting the machine's clock does not disturb it.
/// A session that another process has refreshed is taken over from the store
/// and not refreshed again; one that somebody else has stored in its place is
/// left alone. Where the store cannot be used, the session lives in memory.
class SessionCredentialSource : public CredentialSource {
 public:
  /// Borrowed parts must outlive the source. `store`, where given, is locked
  /// around each exchange and holds the new tokens before they are used; save
  /// the session there first. `clock` may be null: the system's.
  static std::unique_ptr<SessionCredentialSource> Create(
      std::unique_ptr<TokenSession> session,
      std::shared_ptr<HttpTransport> transport, const Clock* clock,
      std::shared_ptr<TokenStore> store = nullptr);

  ~SessionCredentialSource() override;

  /// Errors: those of TokenSession::HeaderFor; where an expired token could
  /// not be refreshed, why, such as unreachable.
  Result<CredentialHeader> HeaderFor(std::string_view method,
                                     std::string_view url) override;
  bool Renew(std::uint64_t generation) override;

  /// Refreshes now, due or not. Error: what the attempt came to.
  Status Refresh();

  /// Why the last tokens could not be stored; ok if they were.
  Status store_error() const;

  TokenSession& session();

 private:
  struct Impl;
  explicit SessionCredentialSource(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct DefaultSourceOptions {
  /// Given by the program itself; these win over everything else.
  Secret credential;
  std::string base_url;
  /// Where the configuration lives; empty means
  /// $XDG_CONFIG_HOME/clonit/config.yaml or ~/.config/clonit/config.yaml. The
  /// stored session is `credentials.json` beside it.
  std::string config_file;
  ApiKeyScheme scheme;
  std::shared_ptr<HttpTransport> transport;  ///< null: libcurl
  const Clock* clock = nullptr;              ///< null: the system's
  /// How the environment is read; null: getenv.
  std::function<std::optional<std::string>(const std::string& name)>
      environment;
};

struct DefaultServer {
  std::string base_url;
  /// The config file in use, which need not exist; empty where there is no
  /// place for one. The session's place is `credentials.json` beside it.
  std::string config_file;
};

/// Where to sign in: the server that the program names, CLONE_API_URL, or the
/// config file's `cloud.url`; `base_url` is empty where there is none of them.
/// Errors: config_malformed, file_insecure.
Result<DefaultServer> FindDefaultServer(DefaultSourceOptions options);

struct DefaultSource {
  std::string base_url;
  std::unique_ptr<CredentialSource> source;
  /// Where the credential was found: "explicit", "environment", "config" or
  /// "session".
  std::string found_in;
};

/// The first of: the program's own, CLONE_API_TOKEN with CLONE_API_URL, the
/// config file's `cloud.api_key` with `cloud.url`, the stored session. One
/// that is there but broken is an error and never passed over. What is given
/// for this run goes to the server named for it, else to `cloud.url`; a key or
/// session that is kept with its own server goes to no other (foreign_origin).
/// A config file that holds a key must be closed to others (file_insecure).
/// Further errors: not_configured, config_malformed, store_unavailable, and
/// those of Credential::Parse and BindTo.
Result<DefaultSource> MakeDefaultSource(DefaultSourceOptions options);

}  // namespace clone_auth
