#pragma once

// Moving another system's accounts and API keys into an IdentityService while
// it serves. An import adds what is new and changes nothing else, so it can be
// done again, and again after a crash. Plain values; no message in them has a
// secret.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "clone/clock.h"
#include "clone/secret.h"

namespace clone_auth {

/// The SQLite database of a Django project.
struct DjangoImport {
  /// Read by the service's process, which writes nothing there.
  std::string file;
  /// The table of the user model: `id`, `email`, `password`, `is_active`, and
  /// `date_joined` where it has that.
  std::string user_table = "auth_user";
  /// What SimpleJWT signs with (HS256), SECRET_KEY unless set otherwise; at
  /// least 32 bytes. Set: its tokens are good here until they expire. It is
  /// kept in the key file until the last of them has.
  Secret signing_key;
  /// Whose keys those of djangorestframework-api-key become, which have no
  /// owner there: the organization of the account with this address. Empty:
  /// such keys are refused.
  std::string key_owner;
  /// What the imported keys may do beyond reading.
  std::vector<std::string> permissions;
};

/// Keys of any system, one JSON object a line:
///   {"id": "key_1", "form": "sha256", "hash": "…", "account": "a@b.example"}
/// "id" is any text that names the key; "form" and "hash" are as
/// clone/foreign_api_key.h has them. "handle" is needed where the form has
/// one. "label", "scope" ("user" or "org"), "permissions", "created_at",
/// "expires_at" (RFC 3339) and "revoked" may be absent.
struct KeyImport {
  std::string file;  ///< read by the service's process; at most 1 GiB
};

/// How many of one kind.
struct ImportCount {
  std::string kind;  ///< such as "accounts"
  std::size_t added = 0;
  std::size_t known = 0;  ///< were imported before
  std::size_t refused = 0;
};

struct ImportRemark {
  std::string about;  ///< such as "account 12"
  std::string text;   ///< one sentence
};

struct ImportReport {
  std::vector<ImportCount> counts;
  /// Why what was refused was, and what an account lacks. The first thousand.
  std::vector<ImportRemark> remarks;
};

/// Imported keys of one form.
struct ImportedKeys {
  std::string form;  ///< as clone/foreign_api_key.h has it
  std::size_t imported = 0;
  /// Are looked up by their digest by now.
  std::size_t upgraded = 0;
  std::size_t left = 0;  ///< not used here yet
  std::optional<WallTime> last_used_at;
};

struct ImportStatus {
  std::size_t accounts = 0;
  std::vector<ImportedKeys> keys;
  /// When the last token of the former issuer dies; empty where none is taken.
  std::optional<WallTime> tokens_until;
};

}  // namespace clone_auth
