#pragma once

// The secrets that the database must not hold, in one JSON file that only its
// owner can read: the keys that sign tokens, the peppers of API keys, and the
// key that refresh tokens are made with. The file is locked for as long as
// this object lives, so that one process at a time serves a database.

#include <string>
#include <vector>

#include "clone/api_key_hasher.h"
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

struct KeyFile {
  SigningPlan signing_keys;
  /// The first one makes new digests.
  std::vector<Pepper> peppers;
  Secret refresh_key;  ///< 32 bytes
  /// What was read says less than what is known now.
  bool is_outdated = false;
  std::string path;
  OpenFile lock;

  /// Reads the file, or makes it where there is none and `may_make`, with a
  /// key for the algorithm of `options`. Errors: file_insecure,
  /// config_malformed, store_unavailable (another process has it, or the disk
  /// fails), random_unavailable, internal.
  static Result<KeyFile> Open(const std::string& path, bool may_make,
                              const ServiceOptions& options);

  /// Writes the file anew with the keys of `plan`, which are those of this
  /// object from then on; after a failure both are as before. Errors:
  /// store_unavailable, random_unavailable, internal.
  Status Replace(SigningPlan plan, RandomSource& random);
};

}  // namespace clone_auth::service
