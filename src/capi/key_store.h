#pragma once

// The handles of clone/c_key_store.h that have to do with records, and stores
// as verifications see them.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "capi/callbacks.h"
#include "capi/handle.h"
#include "clone/api_key_store.h"
#include "clone/c_key_store.h"

namespace clone_auth::capi {

/// What a caller sets of a record; it has permissions of its own.
struct RecordDraft {
  ApiKeyRecord record;
  bool has_digest = false;
  std::vector<std::string> permissions;
};

/// Error: invalid_argument.
Status CheckRecord(const RecordDraft& draft);

/// The record with its permissions.
ApiKeyRecord RecordOf(const RecordDraft& draft);

using StoreCallbacks = Callbacks<clone_auth_key_store_callbacks>;

/// Either in memory or the caller's.
struct KeyStore {
  InMemoryApiKeyStore memory;
  std::optional<StoreCallbacks> callbacks;
};

/// A store for one verification: keeps what the callback answered until the
/// verification is over.
class CallStore : public ApiKeyStore {
 public:
  explicit CallStore(const KeyStore& store) : store_(store) {}

  Result<std::optional<ApiKeyMatch>> Find(
      const ApiKeyDigest& digest) const override;

 private:
  const KeyStore& store_;
  mutable std::optional<RecordDraft> answer_;
};

}  // namespace clone_auth::capi

struct clone_auth_key_record : clone_auth::capi::Handle<9> {
  clone_auth::capi::RecordDraft draft;
};

struct clone_auth_key_answer : clone_auth::capi::Handle<10> {
  std::optional<clone_auth::capi::RecordDraft> found;
};

struct clone_auth_key_store : clone_auth::capi::Handle<11> {
  std::shared_ptr<clone_auth::capi::KeyStore> store;
};
