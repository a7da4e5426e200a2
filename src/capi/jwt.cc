#include "clone/jwt.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "capi/clock.h"
#include "capi/verified_jwt.h"

using clone_auth::JsonWriter;
using clone_auth::JwkSet;
using clone_auth::JwkTrust;
using clone_auth::JwtPolicy;
using clone_auth::JwtVerifier;
using clone_auth::ParseJwtAlgorithm;
using clone_auth::Reason;
using clone_auth::Status;
using clone_auth::ToUnixSeconds;
using clone_auth::capi::CallerClock;
using clone_auth::capi::ClockFor;
using clone_auth::capi::Fence;
using clone_auth::capi::Free;
using clone_auth::capi::Give;
using clone_auth::capi::Live;
using clone_auth::capi::Output;
using clone_auth::capi::ShortText;
using clone_auth::capi::Text;
using clone_auth::capi::TimeOfCall;
using clone_auth::capi::View;

struct clone_auth_jwk_set : clone_auth::capi::Handle<15> {
  explicit clone_auth_jwk_set(JwkSet value) : keys(std::move(value)) {}
  JwkSet keys;
};

struct clone_auth_jwt_policy : clone_auth::capi::Handle<16> {
  JwtPolicy policy;
  bool has_own_types = false;
  std::shared_ptr<const CallerClock> clock;
};

namespace {

struct VerifierParts {
  JwtVerifier verifier;
  std::shared_ptr<const CallerClock> clock;
};

clone_auth_status AddText(clone_auth_jwt_policy* policy,
                          std::vector<std::string> JwtPolicy::*list,
                          const char* text, size_t size,
                          clone_auth_error** error) {
  return Fence(error, {Live(policy), ShortText(text, size)}, [&] {
    (policy->policy.*list).emplace_back(View(text, size));
    return Status();
  });
}

clone_auth_status Relax(clone_auth_jwt_policy* policy, bool JwtPolicy::*flag,
                        clone_auth_error** error) {
  return Fence(error, {Live(policy)}, [&] {
    policy->policy.*flag = true;
    return Status();
  });
}

}  // namespace

struct clone_auth_jwt_verifier : clone_auth::capi::Handle<17> {
  std::shared_ptr<const VerifierParts> parts;
};

clone_auth_status clone_auth_jwk_set_parse(const char* json, size_t json_size,
                                           int trust, clone_auth_jwk_set** out,
                                           clone_auth_error** error) {
  const bool known =
      trust == CLONE_AUTH_TRUST_LOCAL || trust == CLONE_AUTH_TRUST_REMOTE;
  return Fence(error, {Text(json, json_size), known, Output(out)}, [&] {
    auto parsed = JwkSet::Parse(
        View(json, json_size),
        trust == CLONE_AUTH_TRUST_LOCAL ? JwkTrust::kLocal : JwkTrust::kRemote);
    if (!parsed.ok()) return parsed.status();
    *out = new clone_auth_jwk_set(*std::move(parsed));
    return Status();
  });
}

clone_auth_status clone_auth_jwk_set_size(const clone_auth_jwk_set* keys,
                                          size_t* out,
                                          clone_auth_error** error) {
  return Fence(error, {Live(keys), Output(out)}, [&] {
    *out = keys->keys.size();
    return Status();
  });
}

clone_auth_status clone_auth_jwk_set_skipped(const clone_auth_jwk_set* keys,
                                             size_t* out,
                                             clone_auth_error** error) {
  return Fence(error, {Live(keys), Output(out)}, [&] {
    *out = keys->keys.skipped();
    return Status();
  });
}

void clone_auth_jwk_set_free(clone_auth_jwk_set* keys) { Free(keys); }

clone_auth_status clone_auth_jwt_policy_create(clone_auth_jwt_policy** out,
                                               clone_auth_error** error) {
  return Fence(error, {Output(out)}, [&] {
    *out = new clone_auth_jwt_policy;
    return Status();
  });
}

clone_auth_status clone_auth_jwt_policy_add_algorithm(
    clone_auth_jwt_policy* policy, const char* name, size_t name_size,
    clone_auth_error** error) {
  return Fence(error, {Live(policy), ShortText(name, name_size)}, [&] {
    const auto algorithm = ParseJwtAlgorithm(View(name, name_size));
    if (!algorithm.ok()) return algorithm.status();
    policy->policy.algorithms.push_back(*algorithm);
    return Status();
  });
}

clone_auth_status clone_auth_jwt_policy_add_issuer(
    clone_auth_jwt_policy* policy, const char* issuer, size_t issuer_size,
    clone_auth_error** error) {
  return AddText(policy, &JwtPolicy::issuers, issuer, issuer_size, error);
}

clone_auth_status clone_auth_jwt_policy_add_audience(
    clone_auth_jwt_policy* policy, const char* audience, size_t audience_size,
    clone_auth_error** error) {
  return AddText(policy, &JwtPolicy::audiences, audience, audience_size, error);
}

clone_auth_status clone_auth_jwt_policy_add_type(clone_auth_jwt_policy* policy,
                                                 const char* type,
                                                 size_t type_size,
                                                 clone_auth_error** error) {
  return Fence(error, {Live(policy), ShortText(type, type_size)}, [&] {
    std::string added(View(type, type_size));
    if (!policy->has_own_types) policy->policy.types.clear();
    policy->has_own_types = true;
    policy->policy.types.push_back(std::move(added));
    return Status();
  });
}

clone_auth_status clone_auth_jwt_policy_set_clock_skew(
    clone_auth_jwt_policy* policy, int64_t seconds, clone_auth_error** error) {
  return Fence(error, {Live(policy), seconds >= 0 && seconds <= 600}, [&] {
    policy->policy.clock_skew = std::chrono::seconds(seconds);
    return Status();
  });
}

clone_auth_status clone_auth_jwt_policy_set_clock(clone_auth_jwt_policy* policy,
                                                  const clone_auth_clock* clock,
                                                  clone_auth_error** error) {
  return Fence(error, {Live(policy), Live(clock)}, [&] {
    policy->clock = clock->clock;
    return Status();
  });
}

clone_auth_status clone_auth_jwt_policy_allow_any_issuer(
    clone_auth_jwt_policy* policy, clone_auth_error** error) {
  return Relax(policy, &JwtPolicy::allow_any_issuer, error);
}

clone_auth_status clone_auth_jwt_policy_allow_any_audience(
    clone_auth_jwt_policy* policy, clone_auth_error** error) {
  return Relax(policy, &JwtPolicy::allow_any_audience, error);
}

clone_auth_status clone_auth_jwt_policy_allow_any_type(
    clone_auth_jwt_policy* policy, clone_auth_error** error) {
  return Relax(policy, &JwtPolicy::allow_any_type, error);
}

void clone_auth_jwt_policy_free(clone_auth_jwt_policy* policy) { Free(policy); }

clone_auth_status clone_auth_jwt_verifier_create(
    const clone_auth_jwt_policy* policy, const clone_auth_jwk_set* keys,
    clone_auth_jwt_verifier** out, clone_auth_error** error) {
  return Fence(error, {Live(policy), Live(keys), Output(out)}, [&] {
    auto made = JwtVerifier::Create(policy->policy, keys->keys,
                                    &ClockFor(policy->clock.get()));
    if (!made.ok()) return made.status();
    auto handle = std::make_unique<clone_auth_jwt_verifier>();
    handle->parts = std::make_shared<const VerifierParts>(
        VerifierParts{*std::move(made), policy->clock});
    *out = handle.release();
    return Status();
  });
}

clone_auth_status clone_auth_jwt_verifier_verify(
    const clone_auth_jwt_verifier* verifier, const char* token,
    size_t token_size, clone_auth_verified_jwt** out,
    clone_auth_error** error) {
  return Fence(
      error, {Live(verifier), Text(token, token_size), Output(out)}, [&] {
        const VerifierParts& parts = *verifier->parts;
        // A clock's callback may free the verifier.
        const auto kept = parts.clock != nullptr ? verifier->parts : nullptr;
        const TimeOfCall time(parts.clock.get());
        if (!time.status().ok()) return time.status();
        auto verified = parts.verifier.Verify(View(token, token_size));
        if (!verified.ok()) return verified.status();
        *out = new clone_auth_verified_jwt(*std::move(verified));
        return Status();
      });
}

void clone_auth_jwt_verifier_free(clone_auth_jwt_verifier* verifier) {
  Free(verifier);
}

clone_auth_status clone_auth_verified_jwt_issuer(
    const clone_auth_verified_jwt* jwt, clone_auth_string** out,
    clone_auth_error** error) {
  return Fence(error, {Live(jwt), Output(out)},
               [&] { return Give(jwt->jwt.issuer(), out); });
}

clone_auth_status clone_auth_verified_jwt_subject(
    const clone_auth_verified_jwt* jwt, clone_auth_string** out,
    clone_auth_error** error) {
  return Fence(error, {Live(jwt), Output(out)},
               [&] { return Give(jwt->jwt.subject(), out); });
}

clone_auth_status clone_auth_verified_jwt_audience_count(
    const clone_auth_verified_jwt* jwt, size_t* out, clone_auth_error** error) {
  return Fence(error, {Live(jwt), Output(out)}, [&] {
    *out = jwt->jwt.audience().size();
    return Status();
  });
}

clone_auth_status clone_auth_verified_jwt_audience(
    const clone_auth_verified_jwt* jwt, size_t index, clone_auth_string** out,
    clone_auth_error** error) {
  const bool exists = Live(jwt) && index < jwt->jwt.audience().size();
  return Fence(error, {Live(jwt), exists, Output(out)},
               [&] { return Give(jwt->jwt.audience()[index], out); });
}

clone_auth_status clone_auth_verified_jwt_expires_at(
    const clone_auth_verified_jwt* jwt, int64_t* out,
    clone_auth_error** error) {
  return Fence(error, {Live(jwt), Output(out)}, [&] {
    *out = ToUnixSeconds(jwt->jwt.expires_at()).count();
    return Status();
  });
}

clone_auth_status clone_auth_verified_jwt_issued_at(
    const clone_auth_verified_jwt* jwt, int64_t* out,
    clone_auth_error** error) {
  return Fence(error, {Live(jwt), Output(out)}, [&] {
    const auto issued_at = jwt->jwt.issued_at();
    if (!issued_at.has_value()) return Status(Reason::kNotFound);
    *out = ToUnixSeconds(*issued_at).count();
    return Status();
  });
}

clone_auth_status clone_auth_verified_jwt_claims(
    const clone_auth_verified_jwt* jwt, clone_auth_string** out,
    clone_auth_error** error) {
  return Fence(error, {Live(jwt), Output(out)},
               [&] { return Give(jwt->jwt.claims_json(), out); });
}

clone_auth_status clone_auth_verified_jwt_claim(
    const clone_auth_verified_jwt* jwt, const char* name, size_t name_size,
    clone_auth_string** out, clone_auth_error** error) {
  return Fence(error, {Live(jwt), ShortText(name, name_size), Output(out)},
               [&] {
                 const auto claim = jwt->jwt.Claim(View(name, name_size));
                 if (!claim.has_value()) return Status(Reason::kNotFound);
                 return Give(JsonWriter().Value(*claim).Take(), out);
               });
}

void clone_auth_verified_jwt_free(clone_auth_verified_jwt* jwt) { Free(jwt); }
