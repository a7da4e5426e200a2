#pragma once

// The secrets that the database must not hold, in one JSON file that only its
// owner can read: the keys that sign tokens, the peppers of API keys, and the
// key that refresh tokens are made with. The file is locked for as long as
// this object lives, so that one process at a time serves a database.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clone/api_key_sealer.h"
#include "clone/clock.h"
#include "clone/random.h"
#include "clone/result.h"
#include "clone/secret.h"
#include "clone/service.h"
#include "service/signing_plan.h"

namespace clone_auth::service {

/// A file descriptor that is closed at the end.
class OpenFile {
 public:
  explicit OpenFile(int descriptor = -1) : descriptor_(descriptor) {}
  ~OpenFile();
  OpenFile(OpenFile&& other) noexcept;
  OpenFile& operator=(OpenFile&& other) noexcept;

  int get() const { return descriptor_; }
  bool ok() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

/// What the tokens of a former issuer are verified with (HS256).
struct LegacyKey {
  Secret secret;       ///< 32 to 1024 bytes
  WallTime ends_at{};  ///< none of its tokens is good from then on
};

struct KeyFile {
  SigningPlan signing_keys;
  /// The first one seals the rows of keys.
  std::vector<Pepper> peppers;
  /// Every row is sealed; one that is not is nobody's.
  bool rows_are_sealed = true;
  Secret refresh_key;  ///< 32 bytes
  /// 32 bytes; what the audit trail is chained with. Unlike the others it
  /// stays for good, as rows of every age are checked with it.
  Secret audit_key;
  std::optional<LegacyKey> legacy_key;
  /// What was read says less than what is known now.
  bool is_outdated = false;
  std::string path;
  OpenFile lock;

  std::vector<Pepper> CopyOfPeppers() const;

  /// Of copies of the peppers. Errors: config_malformed.
  Result<std::shared_ptr<const ApiKeySealer>> MakeSealer() const;

  /// Reads the file, or makes it where there is none and `may_make`, with a
  /// key for the algorithm of `options`. Errors: file_insecure,
  /// config_malformed, store_unavailable (another process has it, or the disk
  /// fails), random_unavailable, internal.
  static Result<KeyFile> Open(const std::string& path, bool may_make,
                              const ServiceOptions& options);

  /// Writes the file anew with the keys of `plan`, which are those of this
  /// object from then on; after a failure both are as before. Errors:
  /// store_unavailable, random_unavailable.
  Status Replace(SigningPlan plan, RandomSource& random);

  /// The same with these peppers.
  Status ReplacePeppers(std::vector<Pepper> peppers, RandomSource& random);

  /// Reads a file that must exist, and changes nothing. Errors: not_found;
  /// those of Open.
  static Result<KeyFile> Load(const std::string& path,
                              const ServiceOptions& options);

  /// Keys for a database that goes back in time: a signing key and a refresh
  /// key that are new and no legacy key, so that no token made before is good,
  /// and the peppers of both files; where they differ under one id, that of
  /// `backup`. Null where there is no present one. Errors: internal,
  /// random_unavailable.
  static Result<KeyFile> Renew(const KeyFile& backup, const KeyFile* present,
                               const ServiceOptions& options);

  /// Writes the file, in the place of one that is there, and locks it. Errors:
  /// store_unavailable, random_unavailable.
  Status SaveAs(std::string file, RandomSource& random);
};

/// The key file while the service runs: it is written anew for more than one
/// reason, one at a time. May be shared between threads.
class KeyFileInUse {
 public:
  explicit KeyFileInUse(KeyFile file) : file_(std::move(file)) {}

  /// Calls `use` with the file, which nobody else sees meanwhile.
  template <typename Use>
  auto With(Use use) {
    const std::lock_guard lock(mutex_);
    return use(file_);
  }

 private:
  std::mutex mutex_;
  KeyFile file_;
};

}  // namespace clone_auth::service
