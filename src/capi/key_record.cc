#include <algorithm>
#include <chrono>

#include "capi/key_store.h"
#include "clone/clock.h"

using clone_auth::ApiKeyScope;
using clone_auth::FromUnixSeconds;
using clone_auth::Status;
using clone_auth::Uuid;
using clone_auth::capi::Fence;
using clone_auth::capi::Free;
using clone_auth::capi::IsTime;
using clone_auth::capi::Live;
using clone_auth::capi::Output;
using clone_auth::capi::ShortText;
using clone_auth::capi::View;

namespace {

clone_auth_status SetUuid(clone_auth_key_record* record,
                          Uuid clone_auth::ApiKeyRecord::*member,
                          const char* id, size_t id_size,
                          clone_auth_error** error) {
  return Fence(error, {Live(record), ShortText(id, id_size)}, [&] {
    const auto uuid = Uuid::Parse(View(id, id_size));
    if (!uuid.ok()) return uuid.status();
    record->draft.record.*member = *uuid;
    return Status();
  });
}

clone_auth_status SetTime(
    clone_auth_key_record* record,
    std::optional<clone_auth::WallTime> clone_auth::ApiKeyRecord::*member,
    int64_t unix_seconds, clone_auth_error** error) {
  return Fence(error, {Live(record), IsTime(unix_seconds)}, [&] {
    record->draft.record.*member =
        FromUnixSeconds(std::chrono::seconds(unix_seconds));
    return Status();
  });
}

}  // namespace

clone_auth_status clone_auth_key_record_create(clone_auth_key_record** out,
                                               clone_auth_error** error) {
  return Fence(error, {Output(out)}, [&] {
    *out = new clone_auth_key_record;
    return Status();
  });
}

clone_auth_status clone_auth_key_record_set_id(clone_auth_key_record* record,
                                               const char* id, size_t id_size,
                                               clone_auth_error** error) {
  return SetUuid(record, &clone_auth::ApiKeyRecord::id, id, id_size, error);
}

clone_auth_status clone_auth_key_record_set_owner(clone_auth_key_record* record,
                                                  const char* id,
                                                  size_t id_size,
                                                  clone_auth_error** error) {
  return SetUuid(record, &clone_auth::ApiKeyRecord::owner, id, id_size, error);
}

clone_auth_status clone_auth_key_record_set_organization(
    clone_auth_key_record* record, const char* id, size_t id_size,
    clone_auth_error** error) {
  return SetUuid(record, &clone_auth::ApiKeyRecord::organization, id, id_size,
                 error);
}

clone_auth_status clone_auth_key_record_set_scope(clone_auth_key_record* record,
                                                  int scope,
                                                  clone_auth_error** error) {
  const bool known =
      scope == CLONE_AUTH_SCOPE_USER || scope == CLONE_AUTH_SCOPE_ORGANIZATION;
  return Fence(error, {Live(record), known}, [&] {
    record->draft.record.scope = scope == CLONE_AUTH_SCOPE_USER
                                     ? ApiKeyScope::kUser
                                     : ApiKeyScope::kOrganization;
    return Status();
  });
}

clone_auth_status clone_auth_key_record_set_digest(
    clone_auth_key_record* record, const unsigned char* digest,
    size_t digest_size, clone_auth_error** error) {
  const bool whole = digest != nullptr && digest_size == CLONE_AUTH_DIGEST_SIZE;
  return Fence(error, {Live(record), whole}, [&] {
    std::copy_n(digest, digest_size, record->draft.record.digest.begin());
    record->draft.has_digest = true;
    return Status();
  });
}

clone_auth_status clone_auth_key_record_set_expires_at(
    clone_auth_key_record* record, int64_t unix_seconds,
    clone_auth_error** error) {
  return SetTime(record, &clone_auth::ApiKeyRecord::expires_at, unix_seconds,
                 error);
}

clone_auth_status clone_auth_key_record_set_revoked_at(
    clone_auth_key_record* record, int64_t unix_seconds,
    clone_auth_error** error) {
  return SetTime(record, &clone_auth::ApiKeyRecord::revoked_at, unix_seconds,
                 error);
}

clone_auth_status clone_auth_key_record_add_permission(
    clone_auth_key_record* record, const char* name, size_t name_size,
    clone_auth_error** error) {
  return Fence(error, {Live(record), ShortText(name, name_size)}, [&] {
    record->draft.permissions.emplace_back(View(name, name_size));
    return Status();
  });
}

void clone_auth_key_record_free(clone_auth_key_record* record) { Free(record); }
