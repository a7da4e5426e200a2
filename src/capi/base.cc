#include <cstring>
#include <string>

#include "capi/handle.h"
#include "clone/reason.h"
#include "clone/version.h"

using clone_auth::Describe;
using clone_auth::Reason;
using clone_auth::ReasonInfo;
using clone_auth::Secret;
using clone_auth::Status;
using clone_auth::capi::Fence;
using clone_auth::capi::Free;
using clone_auth::capi::Live;
using clone_auth::capi::Output;

namespace clone_auth::capi {

clone_auth_status Report(Status status, clone_auth_error** error) noexcept {
  const auto code = static_cast<clone_auth_status>(status.code());
  if (error != nullptr) {
    *error = new (std::nothrow) clone_auth_error(std::move(status));
  }
  return code;
}

Status BadArgument(int which) {
  return Status(Reason::kInvalidArgument,
                "argument " + std::to_string(which) +
                    " is NULL, of another type or out of range (pointer and "
                    "size count as one)");
}

Status Give(std::string_view text, clone_auth_string** out) {
  *out = new clone_auth_string(text);
  return Status();
}

}  // namespace clone_auth::capi

clone_auth_string::clone_auth_string(std::string_view text)
    : bytes(Secret::OfSize(text.size() + 1)) {
  if (!text.empty()) {
    std::memcpy(bytes.MutableBytes(), text.data(), text.size());
  }
}

#define CLONE_AUTH_TEXT_OF(number) #number
#define CLONE_AUTH_DOTTED(major, minor, patch) \
  CLONE_AUTH_TEXT_OF(major)                    \
  "." CLONE_AUTH_TEXT_OF(minor) "." CLONE_AUTH_TEXT_OF(patch)

const char* clone_auth_version() {
  return CLONE_AUTH_DOTTED(CLONE_AUTH_VERSION_MAJOR, CLONE_AUTH_VERSION_MINOR,
                           CLONE_AUTH_VERSION_PATCH);
}

int clone_auth_abi() { return CLONE_AUTH_ABI; }

clone_auth_status clone_auth_error_code(const clone_auth_error* error) {
  return Live(error) ? static_cast<clone_auth_status>(error->status.code())
                     : CLONE_AUTH_INVALID_ARGUMENT;
}

// Words, texts and remedies are literals and messages std::string, so each
// ends with NUL.

const char* clone_auth_error_reason(const clone_auth_error* error) {
  return Live(error) ? error->status.word().data() : "";
}

const char* clone_auth_error_message(const clone_auth_error* error) {
  return Live(error) ? error->status.message().data() : "";
}

const char* clone_auth_error_remedy(const clone_auth_error* error) {
  return Live(error) ? error->status.remedy().data() : "";
}

void clone_auth_error_free(clone_auth_error* error) { Free(error); }

const char* clone_auth_string_data(const clone_auth_string* string) {
  return Live(string) ? string->bytes.Reveal().data() : "";
}

size_t clone_auth_string_size(const clone_auth_string* string) {
  return Live(string) ? string->bytes.size() - 1 : 0;
}

void clone_auth_string_free(clone_auth_string* string) { Free(string); }

// kNone is no reason to fail and kInternal the last one.
size_t clone_auth_reason_count() {
  return static_cast<size_t>(Reason::kInternal);
}

clone_auth_status clone_auth_reason_at(size_t index, clone_auth_status* code,
                                       const char** word, const char** text,
                                       const char** remedy,
                                       clone_auth_error** error) {
  return Fence(error,
               {index < clone_auth_reason_count(), Output(code), Output(word),
                Output(text), Output(remedy)},
               [&] {
                 const ReasonInfo& info =
                     Describe(static_cast<Reason>(index + 1));
                 *code = static_cast<clone_auth_status>(info.code);
                 *word = info.word.data();
                 *text = info.text.data();
                 *remedy = info.remedy.data();
                 return Status();
               });
}
