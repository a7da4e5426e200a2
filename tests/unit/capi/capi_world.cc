#include "capi_world.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string_view>

#include "support/scheme.h"

namespace clone_auth::testing {
namespace {

constexpr std::string_view kId = "33333333-3333-4333-8333-333333333333";

void Must(clone_auth_status status) { ASSERT_EQ(status, CLONE_AUTH_OK); }

}  // namespace

bool operator==(const Outcome& a, const Outcome& b) {
  return a.status == b.status && a.reason == b.reason;
}

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  return out << outcome.status << ' ' << outcome.reason;
}

CapiWorld::CapiWorld() {
  const ApiKeyScheme& names = TestScheme();
  clone_auth_scheme* scheme = nullptr;
  Must(clone_auth_scheme_create(names.prefix.data(), names.prefix.size(),
                                names.header.data(), names.header.size(),
                                &scheme, nullptr));
  scheme_.reset(scheme);

  clone_auth_api_key* key = nullptr;
  clone_auth_string* text = nullptr;
  Must(
      clone_auth_api_key_generate(scheme, CLONE_AUTH_KIND_USER, &key, nullptr));
  Must(clone_auth_api_key_text(key, &text, nullptr));
  key_.assign(clone_auth_string_data(text), clone_auth_string_size(text));
  clone_auth_string_free(text);
  clone_auth_api_key_free(key);
}

CRecord CapiWorld::Record() const {
  unsigned char digest[CLONE_AUTH_DIGEST_SIZE];
  clone_auth_key_record* record = nullptr;
  Must(clone_auth_api_key_digest(key_.data(), key_.size(), digest,
                                 sizeof digest, nullptr));
  Must(clone_auth_key_record_create(&record, nullptr));
  Must(clone_auth_key_record_set_id(record, kId.data(), kId.size(), nullptr));
  Must(
      clone_auth_key_record_set_digest(record, digest, sizeof digest, nullptr));
  return CRecord(record);
}

CVerifier CapiWorld::Verifier(const clone_auth_key_store* store,
                              const clone_auth_clock* clock) const {
  clone_auth_key_verifier_options* options = nullptr;
  clone_auth_key_verifier* verifier = nullptr;
  Must(clone_auth_key_verifier_options_create(&options, nullptr));
  Must(clone_auth_key_verifier_options_set_scheme(options, scheme_.get(),
                                                  nullptr));
  Must(clone_auth_key_verifier_options_set_store(options, store, nullptr));
  if (clock != nullptr) {
    Must(clone_auth_key_verifier_options_set_clock(options, clock, nullptr));
  }
  Must(clone_auth_key_verifier_create(options, &verifier, nullptr));
  clone_auth_key_verifier_options_free(options);
  return CVerifier(verifier);
}

CVerifier CapiWorld::VerifierOf(
    clone_auth_status (*find)(void*, const unsigned char*, size_t,
                              clone_auth_key_answer*),
    void* user_data, const clone_auth_clock* clock) const {
  clone_auth_key_store_callbacks callbacks = {sizeof callbacks, user_data, find,
                                              nullptr};
  clone_auth_key_store* store = nullptr;
  Must(clone_auth_key_store_create(&callbacks, &store, nullptr));
  const CStore owned(store);
  return Verifier(store, clock);
}

Outcome CapiWorld::Verify(const clone_auth_key_verifier* verifier) const {
  clone_auth_verified_key* key = nullptr;
  const Outcome outcome = OutcomeOf([&](clone_auth_error** error) {
    return clone_auth_key_verifier_verify(verifier, key_.data(), key_.size(),
                                          &key, error);
  });
  const CVerified owned(key);
  EXPECT_EQ(key != nullptr, outcome.status == CLONE_AUTH_OK);
  return outcome;
}

}  // namespace clone_auth::testing
