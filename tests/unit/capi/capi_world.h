#pragma once

// One key and verifiers of it, through the C interface.

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>

#include "clone/c.h"

namespace clone_auth::testing {

template <auto kFree>
struct Freer {
  template <typename T>
  void operator()(T* handle) const {
    kFree(handle);
  }
};

template <typename T, auto kFree>
using CHandle = std::unique_ptr<T, Freer<kFree>>;

using CError = CHandle<clone_auth_error, clone_auth_error_free>;
using CClock = CHandle<clone_auth_clock, clone_auth_clock_free>;
using CStore = CHandle<clone_auth_key_store, clone_auth_key_store_free>;
using CRecord = CHandle<clone_auth_key_record, clone_auth_key_record_free>;
using CVerifier =
    CHandle<clone_auth_key_verifier, clone_auth_key_verifier_free>;
using CVerified =
    CHandle<clone_auth_verified_key, clone_auth_verified_key_free>;

/// Code and reason of a call, as "16 key_unknown"; "0 " for success.
struct Outcome {
  clone_auth_status status = CLONE_AUTH_OK;
  std::string reason;
};
bool operator==(const Outcome& a, const Outcome& b);
std::ostream& operator<<(std::ostream& out, const Outcome& outcome);

/// What `call` gives, which is handed where to put its error.
template <typename Call>
Outcome OutcomeOf(Call&& call) {
  clone_auth_error* error = nullptr;
  const clone_auth_status status = call(&error);
  const CError owned(error);
  return {status, clone_auth_error_reason(error)};
}

/// A key under the test's scheme and what verifies it.
class CapiWorld {
 public:
  CapiWorld();

  const std::string& key() const { return key_; }
  const clone_auth_scheme* scheme() const { return scheme_.get(); }

  /// The key's record, without an end.
  CRecord Record() const;

  CVerifier Verifier(const clone_auth_key_store* store,
                     const clone_auth_clock* clock = nullptr) const;

  /// A verifier that looks up with `find`.
  CVerifier VerifierOf(clone_auth_status (*find)(void*, const unsigned char*,
                                                 size_t,
                                                 clone_auth_key_answer*),
                       void* user_data,
                       const clone_auth_clock* clock = nullptr) const;

  Outcome Verify(const clone_auth_key_verifier* verifier) const;

 private:
  CHandle<clone_auth_scheme, clone_auth_scheme_free> scheme_;
  std::string key_;
};

}  // namespace clone_auth::testing
