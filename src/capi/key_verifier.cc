#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "capi/clock.h"
#include "capi/credential.h"
#include "capi/key_store.h"
#include "clone/api_key_verifier.h"
#include "clone/c_key_store.h"

using clone_auth::ApiKeyScope;
using clone_auth::ApiKeyVerifier;
using clone_auth::Reason;
using clone_auth::Status;
using clone_auth::ToUnixSeconds;
using clone_auth::capi::CallStore;
using clone_auth::capi::ClockFor;
using clone_auth::capi::Fence;
using clone_auth::capi::Free;
using clone_auth::capi::Give;
using clone_auth::capi::Live;
using clone_auth::capi::Output;
using clone_auth::capi::Text;
using clone_auth::capi::TimeOfCall;
using clone_auth::capi::View;

namespace {

struct Parts {
  std::shared_ptr<const clone_auth::ApiKeyScheme> scheme;
  std::shared_ptr<const clone_auth::capi::KeyStore> store;
  std::shared_ptr<const clone_auth::capi::CallerClock> clock;

  bool Complete() const { return scheme != nullptr && store != nullptr; }
  bool CallOut() const {
    return store->callbacks.has_value() || clock != nullptr;
  }
};

}  // namespace

struct clone_auth_key_verifier_options : clone_auth::capi::Handle<12> {
  Parts parts;
};

struct clone_auth_key_verifier : clone_auth::capi::Handle<13> {
  std::shared_ptr<const Parts> parts;
};

struct clone_auth_verified_key : clone_auth::capi::Handle<14> {
  explicit clone_auth_verified_key(const clone_auth::VerifiedApiKey& value)
      : key(value), permissions(value.permissions()) {}
  clone_auth::VerifiedApiKey key;
  std::vector<std::string> permissions;  ///< outlive the store
};

clone_auth_status clone_auth_key_verifier_options_create(
    clone_auth_key_verifier_options** out, clone_auth_error** error) {
  return Fence(error, {Output(out)}, [&] {
    *out = new clone_auth_key_verifier_options;
    return Status();
  });
}

clone_auth_status clone_auth_key_verifier_options_set_scheme(
    clone_auth_key_verifier_options* options, const clone_auth_scheme* scheme,
    clone_auth_error** error) {
  return Fence(error, {Live(options), Live(scheme)}, [&] {
    options->parts.scheme =
        std::make_shared<const clone_auth::ApiKeyScheme>(scheme->scheme);
    return Status();
  });
}

clone_auth_status clone_auth_key_verifier_options_set_store(
    clone_auth_key_verifier_options* options, const clone_auth_key_store* store,
    clone_auth_error** error) {
  return Fence(error, {Live(options), Live(store)}, [&] {
    options->parts.store = store->store;
    return Status();
  });
}

clone_auth_status clone_auth_key_verifier_options_set_clock(
    clone_auth_key_verifier_options* options, const clone_auth_clock* clock,
    clone_auth_error** error) {
  return Fence(error, {Live(options), Live(clock)}, [&] {
    options->parts.clock = clock->clock;
    return Status();
  });
}

void clone_auth_key_verifier_options_free(
    clone_auth_key_verifier_options* options) {
  Free(options);
}

clone_auth_status clone_auth_key_verifier_create(
    const clone_auth_key_verifier_options* options,
    clone_auth_key_verifier** out, clone_auth_error** error) {
  return Fence(error, {Live(options), Output(out)}, [&] {
    if (!options->parts.Complete()) {
      return Status(Reason::kInvalidArgument,
                    "a verifier needs a scheme and a store");
    }
    auto made = std::make_unique<clone_auth_key_verifier>();
    made->parts = std::make_shared<const Parts>(options->parts);
    *out = made.release();
    return Status();
  });
}

clone_auth_status clone_auth_key_verifier_verify(
    const clone_auth_key_verifier* verifier, const char* key, size_t key_size,
    clone_auth_verified_key** out, clone_auth_error** error) {
  return Fence(error, {Live(verifier), Text(key, key_size), Output(out)}, [&] {
    const Parts& parts = *verifier->parts;
    // A callback may free the verifier. Where there is none, the count of
    // references is left alone: threads would wait for it.
    const auto kept = parts.CallOut() ? verifier->parts : nullptr;
    const TimeOfCall time(parts.clock.get());
    if (!time.status().ok()) return time.status();
    const CallStore store(*parts.store);
    const auto made = ApiKeyVerifier::Create(*parts.scheme, &store,
                                             &ClockFor(parts.clock.get()));
    if (!made.ok()) return made.status();
    const auto verified = made->Verify(View(key, key_size));
    if (!verified.ok()) return verified.status();
    *out = new clone_auth_verified_key(*verified);
    return Status();
  });
}

void clone_auth_key_verifier_free(clone_auth_key_verifier* verifier) {
  Free(verifier);
}

clone_auth_status clone_auth_verified_key_id(const clone_auth_verified_key* key,
                                             clone_auth_string** out,
                                             clone_auth_error** error) {
  return Fence(error, {Live(key), Output(out)},
               [&] { return Give(key->key.id().ToString(), out); });
}

clone_auth_status clone_auth_verified_key_owner(
    const clone_auth_verified_key* key, clone_auth_string** out,
    clone_auth_error** error) {
  return Fence(error, {Live(key), Output(out)},
               [&] { return Give(key->key.owner().ToString(), out); });
}

clone_auth_status clone_auth_verified_key_organization(
    const clone_auth_verified_key* key, clone_auth_string** out,
    clone_auth_error** error) {
  return Fence(error, {Live(key), Output(out)}, [&] {
    const auto& organization = key->key.organization();
    if (organization.IsNil()) return Status(Reason::kNotFound);
    return Give(organization.ToString(), out);
  });
}

clone_auth_status clone_auth_verified_key_scope(
    const clone_auth_verified_key* key, int* out, clone_auth_error** error) {
  return Fence(error, {Live(key), Output(out)}, [&] {
    *out = key->key.scope() == ApiKeyScope::kUser
               ? CLONE_AUTH_SCOPE_USER
               : CLONE_AUTH_SCOPE_ORGANIZATION;
    return Status();
  });
}

clone_auth_status clone_auth_verified_key_permission_count(
    const clone_auth_verified_key* key, size_t* out, clone_auth_error** error) {
  return Fence(error, {Live(key), Output(out)}, [&] {
    *out = key->permissions.size();
    return Status();
  });
}

clone_auth_status clone_auth_verified_key_permission(
    const clone_auth_verified_key* key, size_t index, clone_auth_string** out,
    clone_auth_error** error) {
  const bool exists = Live(key) && index < key->permissions.size();
  return Fence(error, {Live(key), exists, Output(out)},
               [&] { return Give(key->permissions[index], out); });
}

clone_auth_status clone_auth_verified_key_expires_at(
    const clone_auth_verified_key* key, int64_t* out,
    clone_auth_error** error) {
  return Fence(error, {Live(key), Output(out)}, [&] {
    const auto& expires_at = key->key.expires_at();
    if (!expires_at.has_value()) return Status(Reason::kNotFound);
    *out = ToUnixSeconds(*expires_at).count();
    return Status();
  });
}

void clone_auth_verified_key_free(clone_auth_verified_key* key) { Free(key); }
