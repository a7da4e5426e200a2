#pragma once

// What the commands share: the configured server, the credential for it, the
// stored session, and a client that uses them.

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "clock_watch.h"
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

  /// How far this machine's clock is ahead, by the last answer that told.
  std::optional<std::chrono::seconds> clock_ahead() const;

 private:
  const Options& options_;
  std::shared_ptr<ClockWatch> transport_;
};

/// A client that is signed in.
struct SignedInClient {
  std::string base_url;
  std::string found_in;
  std::shared_ptr<clone_auth::CredentialSource> source;
  std::unique_ptr<clone_auth::RestClient> client;

  /// The source where it is a session; else null.
  clone_auth::SessionCredentialSource* session() const;
};

clone_auth::Result<SignedInClient> OpenSignedIn(Workspace& workspace);

/// Says so where a session was refreshed and could not be stored: the next run
/// would not have it.
void WarnOfLostSession(const SignedInClient& opened, Output& out);

/// Says so where this machine's clock is so far from that of the servers that
/// were asked that one takes the other's tokens for expired or for none yet.
void WarnOfClock(const Workspace& workspace, Output& out);

/// "this machine's clock is 75 s behind the server's"
std::string InWords(std::chrono::seconds clock_ahead);

/// How far clocks may be apart: what verifiers allow by default.
constexpr std::chrono::seconds kClockTolerance{60};

/// The file of the session that belongs to a config file.
std::string SessionFile(const std::string& config_file);

}  // namespace clonit
