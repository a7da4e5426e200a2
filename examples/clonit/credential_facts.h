#pragma once

// What a credential tells of itself, for whoami and doctor. Verifies nothing.

#include <optional>
#include <string>

#include "clone/clock.h"
#include "clone/json.h"
#include "clone/result.h"
#include "workspace.h"

namespace clonit {

struct CredentialFacts {
  std::string found_in;  ///< as DefaultSource has it
  bool is_api_key = false;
  std::string name;         ///< public beginning of an API key
  bool is_renewed = false;  ///< a session, which is refreshed
  std::string issuer;       ///< of a session that the cloud did not grant
  std::optional<clone_auth::WallTime> expires_at;
};

/// Refreshes a session that is due. Errors: those of
/// CredentialSource::HeaderFor; key_malformed, where a letter of the key is
/// wrong.
clone_auth::Result<CredentialFacts> FactsOf(const SignedInClient& opened);

/// "access token (session)".
std::string InWords(const CredentialFacts& facts);

/// Writes them as an object.
void WriteFacts(const CredentialFacts& facts, clone_auth::JsonWriter& json);

}  // namespace clonit
