#pragma once

// What the commands share: the configured server, the credential for it, the
// stored session, and a client that uses them.

#include <memory>
#include <string>

#include "clone/credential_source.h"
#include "clone/rest_client.h"
#include "clone/token_store.h"
#include "options.h"
#include "output.h"

namespace clonit {

class Workspace {
 public:
  explicit Workspace(const Options& options) : options_(options) {}

  /// The server and the files in use. Error: not_configured where there is no
  /// server, and those of FindDefaultServer.
  clone_auth::Result<clone_auth::DefaultServer> Server() const;

  /// The credential for it. Errors: credential_missing where there is none,
  /// those of Server and of MakeDefaultSource.
  clone_auth::Result<clone_auth::DefaultSource> Credential();

  clone_auth::Result<std::unique_ptr<clone_auth::RestClient>> Client(
      const std::string& base_url,
      std::shared_ptr<clone_auth::CredentialSource> credentials,
      int max_attempts = clone_auth::RetryPolicy().max_attempts);

  /// How this program asks servers; one for all of them. Shows what it asks
  /// with --debug.
  clone_auth::Result<std::shared_ptr<clone_auth::HttpTransport>> Transport();

 private:
  const Options& options_;
  std::shared_ptr<clone_auth::HttpTransport> transport_;
};

/// A client that is signed in.
struct SignedInClient {
  std::string base_url;
  std::string found_in;
  std::shared_ptr<clone_auth::CredentialSource> source;
  std::unique_ptr<clone_auth::RestClient> client;
};

clone_auth::Result<SignedInClient> OpenSignedIn(Workspace& workspace);

/// Says so where a session was refreshed and could not be stored: the next run
/// would not have it.
void WarnOfLostSession(clone_auth::CredentialSource& source, Output& out);

/// The file of the session that belongs to a config file.
std::string SessionFile(const std::string& config_file);

}  // namespace clonit
