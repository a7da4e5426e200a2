#include "capi/key_store.h"

#include <chrono>

#include "clone/clock.h"

using clone_auth::FromUnixSeconds;
using clone_auth::InMemoryApiKeyStore;
using clone_auth::Status;
using clone_auth::Uuid;
using clone_auth::capi::CheckRecord;
using clone_auth::capi::Fence;
using clone_auth::capi::Free;
using clone_auth::capi::IsTime;
using clone_auth::capi::KeyStore;
using clone_auth::capi::Live;
using clone_auth::capi::Output;
using clone_auth::capi::RecordOf;
using clone_auth::capi::ShortText;
using clone_auth::capi::StoreCallbacks;
using clone_auth::capi::View;

namespace clone_auth::capi {
namespace {

clone_auth_status Ask(const clone_auth_key_store_callbacks& callbacks,
                      const ApiKeyDigest& digest,
                      clone_auth_key_answer* answer) {
  try {
    return callbacks.find(callbacks.user_data, digest.data(), digest.size(),
                          answer);
  } catch (...) {
    return CLONE_AUTH_UNKNOWN;
  }
}

ApiKeyMatch MatchOf(const RecordDraft& draft) {
  const ApiKeyRecord& record = draft.record;
  return {record.id,         record.owner,      record.organization,
          record.scope,      record.digest,     record.expires_at,
          record.revoked_at, &draft.permissions};
}

}  // namespace

Status CheckRecord(const RecordDraft& draft) {
  if (!draft.record.id.IsNil() && draft.has_digest) return Status();
  return Status(Reason::kInvalidArgument, "the record has no id or no digest");
}

ApiKeyRecord RecordOf(const RecordDraft& draft) {
  ApiKeyRecord record = draft.record;
  record.permissions =
      std::make_shared<const std::vector<std::string>>(draft.permissions);
  return record;
}

Result<std::optional<ApiKeyMatch>> CallStore::Find(
    const ApiKeyDigest& digest) const {
  if (!store_.callbacks.has_value()) return store_.memory.Find(digest);
  clone_auth_key_answer answer;
  if (Ask(**store_.callbacks, digest, &answer) != CLONE_AUTH_OK) {
    return Status(Reason::kStoreUnavailable,
                  "the store's callback could not answer");
  }
  answer_ = std::move(answer.found);
  if (!answer_.has_value()) return std::optional<ApiKeyMatch>();
  return std::optional<ApiKeyMatch>(MatchOf(*answer_));
}

}  // namespace clone_auth::capi

namespace {

// Runs `change` on the store in memory and the id.
template <typename Change>
clone_auth_status ChangeKey(clone_auth_key_store* store, const char* id,
                            size_t id_size, bool good, clone_auth_error** error,
                            Change&& change) {
  const bool in_memory = Live(store) && !store->store->callbacks.has_value();
  return Fence(error, {in_memory, ShortText(id, id_size), good}, [&] {
    const auto uuid = Uuid::Parse(View(id, id_size));
    if (!uuid.ok()) return uuid.status();
    return change(store->store->memory, *uuid);
  });
}

Status GiveStore(std::shared_ptr<KeyStore> store, clone_auth_key_store** out) {
  auto handle = std::make_unique<clone_auth_key_store>();
  handle->store = std::move(store);
  *out = handle.release();
  return Status();
}

}  // namespace

clone_auth_status clone_auth_key_answer_set(clone_auth_key_answer* answer,
                                            const clone_auth_key_record* record,
                                            clone_auth_error** error) {
  return Fence(error, {Live(answer), Live(record)}, [&] {
    Status status = CheckRecord(record->draft);
    if (status.ok()) answer->found = record->draft;
    return status;
  });
}

clone_auth_status clone_auth_key_store_create_in_memory(
    clone_auth_key_store** out, clone_auth_error** error) {
  return Fence(error, {Output(out)},
               [&] { return GiveStore(std::make_shared<KeyStore>(), out); });
}

clone_auth_status clone_auth_key_store_create(
    const clone_auth_key_store_callbacks* callbacks, clone_auth_key_store** out,
    clone_auth_error** error) {
  StoreCallbacks taken(callbacks);
  return Fence(error, {taken.usable() && taken->find != nullptr, Output(out)},
               [&] {
                 auto store = std::make_shared<KeyStore>();
                 store->callbacks.emplace(std::move(taken));
                 return GiveStore(std::move(store), out);
               });
}

clone_auth_status clone_auth_key_store_insert(
    clone_auth_key_store* store, const clone_auth_key_record* record,
    clone_auth_error** error) {
  const bool in_memory = Live(store) && !store->store->callbacks.has_value();
  return Fence(error, {in_memory, Live(record)}, [&] {
    Status status = CheckRecord(record->draft);
    if (!status.ok()) return status;
    return store->store->memory.Insert(RecordOf(record->draft));
  });
}

clone_auth_status clone_auth_key_store_revoke(clone_auth_key_store* store,
                                              const char* id, size_t id_size,
                                              int64_t unix_seconds,
                                              clone_auth_error** error) {
  return ChangeKey(store, id, id_size, IsTime(unix_seconds), error,
                   [&](InMemoryApiKeyStore& memory, const Uuid& uuid) {
                     return memory.Revoke(
                         uuid,
                         FromUnixSeconds(std::chrono::seconds(unix_seconds)));
                   });
}

clone_auth_status clone_auth_key_store_set_expiry(clone_auth_key_store* store,
                                                  const char* id,
                                                  size_t id_size,
                                                  int64_t unix_seconds,
                                                  clone_auth_error** error) {
  return ChangeKey(store, id, id_size, IsTime(unix_seconds), error,
                   [&](InMemoryApiKeyStore& memory, const Uuid& uuid) {
                     return memory.SetExpiry(
                         uuid,
                         FromUnixSeconds(std::chrono::seconds(unix_seconds)));
                   });
}

clone_auth_status clone_auth_key_store_clear_expiry(clone_auth_key_store* store,
                                                    const char* id,
                                                    size_t id_size,
                                                    clone_auth_error** error) {
  return ChangeKey(store, id, id_size, true, error,
                   [](InMemoryApiKeyStore& memory, const Uuid& uuid) {
                     return memory.SetExpiry(uuid, std::nullopt);
                   });
}

void clone_auth_key_store_free(clone_auth_key_store* store) { Free(store); }
