#include "answer.h"
#include "clone/c.h"
#include "engine.h"

namespace jwt_lines {
namespace {

template <typename T, void (*kFree)(T*)>
class Handle {
 public:
  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { kFree(handle_); }

  T* get() const { return handle_; }
  /// Where a call writes the handle; once.
  T** out() { return &handle_; }

 private:
  T* handle_ = nullptr;
};

using Text = Handle<clone_auth_string, clone_auth_string_free>;
using Keys = Handle<clone_auth_jwk_set, clone_auth_jwk_set_free>;
using Policy = Handle<clone_auth_jwt_policy, clone_auth_jwt_policy_free>;
using Verifier = Handle<clone_auth_jwt_verifier, clone_auth_jwt_verifier_free>;
using Verified = Handle<clone_auth_verified_jwt, clone_auth_verified_jwt_free>;
using SigningKey =
    Handle<clone_auth_jwt_signing_key, clone_auth_jwt_signing_key_free>;
using Signer = Handle<clone_auth_jwt_signer, clone_auth_jwt_signer_free>;
using Time = Handle<clone_auth_clock, clone_auth_clock_free>;

std::string_view View(const Text& text) {
  return {clone_auth_string_data(text.get()),
          clone_auth_string_size(text.get())};
}

// Makes calls until one is refused, whose answer it keeps.
class Calls {
 public:
  const std::string& answer() const { return answer_; }

  /// Calls `function` with `arguments` and where to put its error.
  template <typename... Parameters, typename... Arguments>
  bool Ok(clone_auth_status (*function)(Parameters...),
          Arguments... arguments) {
    clone_auth_error* error = nullptr;
    if (function(arguments..., &error) == CLONE_AUTH_OK) return true;
    answer_ = Refused(clone_auth_error_reason(error),
                      clone_auth_error_message(error));
    clone_auth_error_free(error);
    return false;
  }

 private:
  std::string answer_;
};

bool Apply(Calls& calls, const Check& check, clone_auth_jwt_policy* policy,
           decltype(clone_auth_jwt_policy_add_issuer)* add,
           decltype(clone_auth_jwt_policy_allow_any_issuer)* allow_any) {
  if (check.off) return calls.Ok(allow_any, policy);
  return !check.value.has_value() ||
         calls.Ok(add, policy, check.value->data(), check.value->size());
}

// A name that is not known allows no token, so it is left out where there is
// another one.
bool AddAlgorithms(Calls& calls, const VerifyRequest& request,
                   clone_auth_jwt_policy* policy) {
  bool known = request.algorithms.empty();
  for (const std::string& name : request.algorithms) {
    known |= calls.Ok(clone_auth_jwt_policy_add_algorithm, policy, name.data(),
                      name.size());
  }
  return known;
}

bool MakePolicy(Calls& calls, const VerifyRequest& request, Policy& made) {
  if (!calls.Ok(clone_auth_jwt_policy_create, made.out())) return false;
  clone_auth_jwt_policy* policy = made.get();
  if (!AddAlgorithms(calls, request, policy) ||
      !Apply(calls, request.issuer, policy, clone_auth_jwt_policy_add_issuer,
             clone_auth_jwt_policy_allow_any_issuer) ||
      !Apply(calls, request.audience, policy,
             clone_auth_jwt_policy_add_audience,
             clone_auth_jwt_policy_allow_any_audience) ||
      !Apply(calls, request.type, policy, clone_auth_jwt_policy_add_type,
             clone_auth_jwt_policy_allow_any_type)) {
    return false;
  }
  if (request.skew.has_value() &&
      !calls.Ok(clone_auth_jwt_policy_set_clock_skew, policy, *request.skew)) {
    return false;
  }
  if (!request.now.has_value()) return true;
  Time time;
  return calls.Ok(clone_auth_clock_create_fixed, *request.now, time.out()) &&
         calls.Ok(clone_auth_jwt_policy_set_clock, policy, time.get());
}

class CEngine : public Engine {
 public:
  std::string Verify(const VerifyRequest& request) const override {
    Calls calls;
    Policy policy;
    Keys keys;
    Verifier verifier;
    Verified jwt;
    Text claims;
    const bool good =
        MakePolicy(calls, request, policy) &&
        calls.Ok(clone_auth_jwk_set_parse, request.keys.data(),
                 request.keys.size(), CLONE_AUTH_TRUST_LOCAL, keys.out()) &&
        calls.Ok(clone_auth_jwt_verifier_create, policy.get(), keys.get(),
                 verifier.out()) &&
        calls.Ok(clone_auth_jwt_verifier_verify, verifier.get(),
                 request.token.data(), request.token.size(), jwt.out()) &&
        calls.Ok(clone_auth_verified_jwt_claims, jwt.get(), claims.out());
    return good ? Accepted(View(claims)) : calls.answer();
  }

  std::string Sign(const SignRequest& request) const override {
    const std::string type =
        request.type.off ? "" : request.type.value.value_or("at+jwt");
    Calls calls;
    SigningKey key;
    Signer signer;
    Text token;
    const bool good =
        calls.Ok(clone_auth_jwt_signing_key_generate, request.algorithm.data(),
                 request.algorithm.size(), request.key_id.data(),
                 request.key_id.size(), key.out()) &&
        calls.Ok(clone_auth_jwt_signer_create, key.get(), type.data(),
                 type.size(), signer.out()) &&
        calls.Ok(clone_auth_jwt_signer_sign, signer.get(),
                 request.claims.data(), request.claims.size(), token.out());
    if (!good) return calls.answer();
    Text jwk;
    // A symmetric key has no public half.
    if (!calls.Ok(clone_auth_jwt_signing_key_public_jwk, key.get(),
                  jwk.out()) &&
        !calls.Ok(clone_auth_jwt_signing_key_private_jwk, key.get(),
                  jwk.out())) {
      return calls.answer();
    }
    return Signed(View(token), View(jwk));
  }
};

}  // namespace

std::unique_ptr<const Engine> MakeCEngine() {
  return std::make_unique<const CEngine>();
}

}  // namespace jwt_lines
