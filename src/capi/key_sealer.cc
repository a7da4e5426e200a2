#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "capi/key_store.h"
#include "clone/api_key_sealer.h"
#include "clone/c_key_sealer.h"

using clone_auth::ApiKeyDigest;
using clone_auth::ApiKeyRecord;
using clone_auth::ApiKeySealer;
using clone_auth::Pepper;
using clone_auth::Reason;
using clone_auth::SealedApiKey;
using clone_auth::Secret;
using clone_auth::Status;
using clone_auth::capi::CheckRecord;
using clone_auth::capi::Fence;
using clone_auth::capi::Free;
using clone_auth::capi::Live;
using clone_auth::capi::Output;
using clone_auth::capi::RecordOf;
using clone_auth::capi::ShortText;
using clone_auth::capi::View;

struct clone_auth_sealer_options : clone_auth::capi::Handle<7> {
  std::vector<Pepper> peppers;
};

struct clone_auth_sealer : clone_auth::capi::Handle<8> {
  explicit clone_auth_sealer(ApiKeySealer value) : sealer(std::move(value)) {}
  ApiKeySealer sealer;
};

static_assert(CLONE_AUTH_SEALED_SIZE == sizeof(SealedApiKey::index) +
                                            sizeof(SealedApiKey::masked) +
                                            sizeof(SealedApiKey::mac));

clone_auth_status clone_auth_sealer_options_create(
    clone_auth_sealer_options** out, clone_auth_error** error) {
  return Fence(error, {Output(out)}, [&] {
    *out = new clone_auth_sealer_options;
    return Status();
  });
}

clone_auth_status clone_auth_sealer_options_add_pepper(
    clone_auth_sealer_options* options, uint32_t id,
    const unsigned char* secret, size_t secret_size, clone_auth_error** error) {
  return Fence(error, {Live(options), ShortText(secret, secret_size)}, [&] {
    const auto* bytes = reinterpret_cast<const char*>(secret);
    options->peppers.push_back(
        Pepper{id, Secret::CopyOf(View(bytes, secret_size))});
    return Status();
  });
}

void clone_auth_sealer_options_free(clone_auth_sealer_options* options) {
  Free(options);
}

clone_auth_status clone_auth_sealer_create(
    const clone_auth_sealer_options* options, clone_auth_sealer** out,
    clone_auth_error** error) {
  return Fence(error, {Live(options), Output(out)}, [&] {
    std::vector<Pepper> peppers;
    for (const Pepper& pepper : options->peppers) {
      peppers.push_back(Pepper{pepper.id, pepper.secret.Clone()});
    }
    auto made = ApiKeySealer::Create(std::move(peppers));
    if (!made.ok()) return made.status();
    *out = new clone_auth_sealer(*std::move(made));
    return Status();
  });
}

clone_auth_status clone_auth_sealer_index(
    const clone_auth_sealer* sealer, size_t pepper, const unsigned char* digest,
    size_t digest_size, unsigned char* index, size_t index_size,
    clone_auth_error** error) {
  const bool known = Live(sealer) && pepper < sealer->sealer.pepper_count();
  return Fence(error,
               {Live(sealer), known,
                digest != nullptr && digest_size == CLONE_AUTH_DIGEST_SIZE,
                index != nullptr && index_size >= CLONE_AUTH_DIGEST_SIZE},
               [&] {
                 ApiKeyDigest given;
                 std::copy_n(digest, given.size(), given.begin());
                 const auto found = sealer->sealer.IndexOf(given, pepper);
                 std::copy(found.begin(), found.end(), index);
                 return Status();
               });
}

clone_auth_status clone_auth_sealer_seal(const clone_auth_sealer* sealer,
                                         const clone_auth_key_record* record,
                                         unsigned char* row, size_t row_size,
                                         uint32_t* pepper_id,
                                         clone_auth_error** error) {
  return Fence(
      error,
      {Live(sealer), Live(record),
       row != nullptr && row_size >= CLONE_AUTH_SEALED_SIZE, Output(pepper_id)},
      [&] {
        Status status = CheckRecord(record->draft);
        if (!status.ok()) return status;
        const SealedApiKey sealed =
            sealer->sealer.Seal(RecordOf(record->draft));
        for (const auto* part : {&sealed.index, &sealed.masked, &sealed.mac}) {
          row = std::copy(part->begin(), part->end(), row);
        }
        *pepper_id = sealed.pepper_id;
        return Status();
      });
}

clone_auth_status clone_auth_sealer_open(const clone_auth_sealer* sealer,
                                         const unsigned char* row,
                                         size_t row_size, uint32_t pepper_id,
                                         clone_auth_key_record* record,
                                         clone_auth_error** error) {
  return Fence(
      error,
      {Live(sealer), row != nullptr && row_size == CLONE_AUTH_SEALED_SIZE,
       Live(record)},
      [&] {
        SealedApiKey sealed;
        sealed.pepper_id = pepper_id;
        for (auto* part : {&sealed.index, &sealed.masked, &sealed.mac}) {
          std::copy_n(row, part->size(), part->begin());
          row += part->size();
        }
        ApiKeyRecord opened = RecordOf(record->draft);
        if (!sealer->sealer.Open(sealed, opened)) {
          return Status(Reason::kKeyUnknown, "the row is not what was sealed");
        }
        record->draft.record.digest = opened.digest;
        record->draft.has_digest = true;
        return Status();
      });
}

void clone_auth_sealer_free(clone_auth_sealer* sealer) { Free(sealer); }
