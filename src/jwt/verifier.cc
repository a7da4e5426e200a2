#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <utility>

#include "base/base64url.h"
#include "base/macros.h"
#include "clone/jwt.h"
#include "jwt/media_type.h"
#include "jwt/verifier_impl.h"

namespace clone_auth {
namespace {

constexpr std::chrono::seconds kMaxSkew{600};
// Of RSA with 8192 bits.
constexpr std::size_t kMaxSignature = 1024;
// Issuers repeat their headers, so each thread remembers some. A longer one is
// read every time.
constexpr std::size_t kHeaderSlots = 16;
constexpr std::size_t kMaxKeptHeader = 1024;

Status Invalid(std::string message) {
  return Status(Reason::kInvalidArgument, std::move(message));
}

bool Names(const std::vector<std::string>& list) {
  return !list.empty() &&
         std::none_of(list.begin(), list.end(),
                      [](const std::string& name) { return name.empty(); });
}

Status CheckPolicy(const JwtPolicy& policy, const Clock* clock) {
  if (clock == nullptr) return Invalid("the verifier has no clock");
  if (policy.algorithms.empty()) return Invalid("the policy has no algorithm");
  if (!policy.allow_any_issuer && !Names(policy.issuers)) {
    return Invalid("the policy has no issuer");
  }
  if (!policy.allow_any_audience && !Names(policy.audiences)) {
    return Invalid("the policy has no audience");
  }
  if (!policy.allow_any_type && !Names(policy.types)) {
    return Invalid("the policy has no type");
  }
  if (policy.clock_skew < std::chrono::seconds::zero() ||
      policy.clock_skew > kMaxSkew) {
    return Invalid("the clock skew is from 0 to 10 minutes");
  }
  if (policy.max_age.has_value() &&
      *policy.max_age <= std::chrono::seconds::zero()) {
    return Invalid("the greatest age is more than 0");
  }
  if (policy.claims.size() > kMaxClaimRules) {
    return Invalid("the policy has more than 32 claims");
  }
  return Status();
}

JwtPolicy WithNormalTypes(JwtPolicy policy) {
  for (std::string& type : policy.types) type = NormalMediaType(type);
  return policy;
}

std::uint64_t NextVerifierId() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

// Of some characters only: they are compared in any case, and headers that were
// found good are not chosen to collide.
std::size_t HashOf(std::string_view text) {
  static constexpr std::array<std::uint64_t, 4> kFactors = {
      0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb,
      0xd6e8feb86659fd93};
  std::uint64_t hash = text.size();
  if (text.size() < sizeof hash) return hash;
  for (std::size_t i = 0; i < kFactors.size(); ++i) {
    std::uint64_t sample = 0;
    std::memcpy(
        &sample,
        text.data() + (text.size() - sizeof sample) * (i + 1) / kFactors.size(),
        sizeof sample);
    hash += sample * kFactors[i];
  }
  return hash >> 32;
}

// This thread's place for a header of this verifier, which another one may
// occupy.
std::optional<OpenedHeader>& SlotOf(std::uint64_t verifier,
                                    std::string_view text) {
  static thread_local std::array<std::optional<OpenedHeader>, kHeaderSlots>
      slots;
  return slots[(HashOf(text) + verifier) % kHeaderSlots];
}

Status CheckSignature(const CompactToken& token, const VerificationKey& key) {
  std::array<char, kMaxSignature + kBase64UrlSlack> signature;  // NOLINT
  const std::size_t size = Base64UrlDecodedSize(token.signature.size());
  if (size > kMaxSignature) return Status(Reason::kTokenSignature);
  if (!Base64UrlDecodeTo(token.signature, signature.data())) {
    return Status(Reason::kTokenMalformed, "the signature is not base64url");
  }
  return key.Verify(token.signing_input, {signature.data(), size})
             ? Status()
             : Status(Reason::kTokenSignature);
}

}  // namespace

JwtVerifier::Impl::Impl(JwtPolicy p, VerifierKeys k, const Clock* c)
    : id(NextVerifierId()),
      policy(WithNormalTypes(std::move(p))),
      keys(std::move(k)),
      clock(c) {}

bool JwtVerifier::Impl::AllowsType(
    const std::optional<std::string>& normal_type) const {
  if (policy.allow_any_type) return true;
  if (!normal_type.has_value()) return policy.allow_missing_type;
  return std::find(policy.types.begin(), policy.types.end(), *normal_type) !=
         policy.types.end();
}

Result<OpenedHeader> JwtVerifier::Impl::Open(
    std::string_view encoded, const JwkSnapshot*& snapshot) const {
  CLONE_AUTH_ASSIGN_OR_RETURN(JwtHeader header, ReadJwtHeader(encoded));
  if (std::find(policy.algorithms.begin(), policy.algorithms.end(),
                header.algorithm->id) == policy.algorithms.end()) {
    return Status(Reason::kTokenAlgorithm);
  }
  CLONE_AUTH_ASSIGN_OR_RETURN(
      const FoundKey found,
      keys.Find(*header.algorithm, header.key_id, *clock));
  snapshot = found.snapshot;
  OpenedHeader opened;
  opened.verifier = id;
  opened.generation = found.snapshot->generation;
  opened.text = encoded;
  opened.key_id = std::move(header.key_id).value_or("");
  opened.type_allowed = AllowsType(header.type);
  opened.key = found.key;
  if (header.type.has_value()) opened.kind.AddType(*header.type);
  return opened;
}

Result<VerifiedJwt> JwtVerifier::Impl::Verify(std::string_view token,
                                              JwtBasis* basis) const {
  if (token.size() > kJwtMaxSize) return Status(Reason::kTokenTooLarge);
  const std::optional<CompactToken> split = SplitCompactAtEnds(token);
  if (!split.has_value()) return SplitCompact(token).status();
  const CompactToken& compact = *split;
  std::optional<OpenedHeader>& known = SlotOf(id, compact.header);
  if (known.has_value() && known->verifier == id) {
    const WallTime now = clock->Now();
    const auto current = keys.Look(now);
    // Only now: clock and source are the caller's code, which may have verified
    // another token and taken the place.
    if (current.ok() && known->Is(id, compact.header) &&
        known->generation == (*current)->generation) {
      DecodedPayload payload(compact.payload, known->key_id);
      if (!payload.ok()) {
        CLONE_AUTH_RETURN_IF_ERROR(SplitCompact(token).status());
      }
      CLONE_AUTH_RETURN_IF_ERROR(CheckSignature(compact, *known->key));
      return ReadClaims(payload, *known, now, basis);
    }
  }
  CLONE_AUTH_RETURN_IF_ERROR(SplitCompact(token).status());
  const JwkSnapshot* snapshot = nullptr;
  CLONE_AUTH_ASSIGN_OR_RETURN(OpenedHeader opened,
                              Open(compact.header, snapshot));
  DecodedPayload payload(compact.payload, opened.key_id);
  CLONE_AUTH_RETURN_IF_ERROR(CheckSignature(compact, *opened.key));
  if (!opened.type_allowed) return Status(Reason::kTokenType);
  // Only now: nobody without a key may decide what a thread remembers.
  opened.keys = snapshot->keys;
  auto jwt = ReadClaims(payload, opened, clock->Now(), basis);
  if (compact.header.size() <= kMaxKeptHeader) known = std::move(opened);
  return jwt;
}

Result<VerifiedJwt> JwtVerifier::Impl::ReadClaims(DecodedPayload& payload,
                                                  const OpenedHeader& header,
                                                  WallTime now,
                                                  JwtBasis* basis) const {
  if (!payload.ok()) {
    return Status(Reason::kTokenMalformed, "the payload is not base64url");
  }
  TokenClaims usual;
  usual.kind = header.kind;
  if (usual.ReadUsual(payload.text(), policy)) {
    return CheckClaims(payload, usual, header, now, basis);
  }
  TokenClaims claims;
  claims.kind = header.kind;
  CLONE_AUTH_RETURN_IF_ERROR(claims.Read(payload.text(), policy));
  return CheckClaims(payload, claims, header, now, basis);
}

Result<VerifiedJwt> JwtVerifier::Impl::CheckClaims(DecodedPayload& payload,
                                                   const TokenClaims& claims,
                                                   const OpenedHeader& header,
                                                   WallTime now,
                                                   JwtBasis* basis) const {
  CLONE_AUTH_RETURN_IF_ERROR(claims.Check(policy, now));
  if (basis != nullptr) {
    *basis = {claims.Times(policy), header.key, header.generation};
  }
  const std::size_t size = payload.text().size();
  return VerifiedJwt(payload.Take(), size, claims, header.key_id);
}

JwtVerifier::JwtVerifier(std::unique_ptr<const Impl> impl)
    : impl_(std::move(impl)) {}
JwtVerifier::JwtVerifier(JwtVerifier&&) noexcept = default;
JwtVerifier& JwtVerifier::operator=(JwtVerifier&&) noexcept = default;
JwtVerifier::~JwtVerifier() = default;

Result<JwtVerifier> JwtVerifier::Create(JwtPolicy policy, JwkSet keys,
                                        const Clock* clock) {
  return Make(std::move(policy), VerifierKeys(std::move(keys)), clock);
}

Result<JwtVerifier> JwtVerifier::Create(JwtPolicy policy, JwkSource* keys,
                                        const Clock* clock) {
  if (keys == nullptr) return Invalid("the verifier has no source of keys");
  return Make(std::move(policy), VerifierKeys(keys), clock);
}

Result<JwtVerifier> JwtVerifier::Make(JwtPolicy policy, VerifierKeys keys,
                                      const Clock* clock) {
  CLONE_AUTH_RETURN_IF_ERROR(CheckPolicy(policy, clock));
  return JwtVerifier(
      std::make_unique<const Impl>(std::move(policy), std::move(keys), clock));
}

Result<VerifiedJwt> JwtVerifier::Verify(std::string_view token) const {
  return impl_->Verify(token, nullptr);
}

}  // namespace clone_auth
