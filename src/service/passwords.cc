#include "service/passwords.h"

#include <sodium.h>

#include <array>
#include <cstdio>

#include "clone/django_hash.h"
#include "service/common_passwords.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

struct Cost {
  unsigned long long memory_kib = 0;
  unsigned long long passes = 0;
};

// "$argon2id$v=19$m=65536,t=3,p=1$salt$hash"
Cost CostOf(const std::string& hash) {
  Cost cost;
  if (std::sscanf(hash.c_str(), "$argon2id$v=19$m=%llu,t=%llu,",
                  &cost.memory_kib, &cost.passes) != 2) {
    return Cost{};
  }
  return cost;
}

// Looks like any hash of this cost, with a result that nothing leads to.
Result<std::string> MakeDummy(const PasswordPolicy& policy,
                              RandomSource& random) {
  constexpr std::string_view kBase64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  CLONE_AUTH_TRY_ASSIGN(const std::string salt,
                        RandomText(random, kBase64, 21));
  CLONE_AUTH_TRY_ASSIGN(const std::string hash,
                        RandomText(random, kBase64, 42));
  return "$argon2id$v=19$m=" +
         std::to_string(policy.argon2_memory_bytes / 1024) +
         ",t=" + std::to_string(policy.argon2_passes) + ",p=1$" + salt + "A$" +
         hash + "A";
}

}  // namespace

Result<Passwords> Passwords::Create(const PasswordPolicy& policy,
                                    RandomSource& random) {
  constexpr std::size_t kLeastMinimum = 8;
  constexpr std::size_t kMostMaximum = 4096;
  if (policy.min_bytes < kLeastMinimum || policy.max_bytes > kMostMaximum ||
      policy.max_bytes < policy.min_bytes) {
    return Status(Reason::kInvalidArgument,
                  "Passwords must be allowed to have from 8 to 4096 bytes.");
  }
  if (policy.argon2_memory_bytes < crypto_pwhash_MEMLIMIT_MIN ||
      policy.argon2_memory_bytes > crypto_pwhash_MEMLIMIT_MAX ||
      policy.argon2_passes < static_cast<int>(crypto_pwhash_OPSLIMIT_MIN)) {
    return Status(Reason::kInvalidArgument,
                  "Argon2id needs at least 8 KiB of memory and one pass.");
  }
  if (sodium_init() < 0) return Status(Reason::kRandomUnavailable);
  CLONE_AUTH_TRY_ASSIGN(std::string dummy, MakeDummy(policy, random));
  return Passwords(policy, std::move(dummy));
}

std::vector<std::string> Passwords::Objections(
    std::string_view password) const {
  std::vector<std::string> objections;
  if (password.size() < policy_.min_bytes) {
    objections.push_back(
        "This password is too short. It must contain at least " +
        std::to_string(policy_.min_bytes) + " characters.");
  }
  if (password.size() > policy_.max_bytes) {
    objections.push_back("Ensure this field has no more than " +
                         std::to_string(policy_.max_bytes) + " characters.");
    return objections;
  }
  if (password.find('\0') != std::string_view::npos) {
    objections.push_back("Null characters are not allowed.");
  }
  if (IsCommonPassword(password)) {
    objections.push_back("This password is too common.");
  }
  return objections;
}

bool Passwords::IsPossible(std::string_view password) const {
  return password.size() <= policy_.max_bytes &&
         password.find('\0') == std::string_view::npos;
}

Result<std::string> Passwords::Hash(std::string_view password) const {
  std::array<char, crypto_pwhash_STRBYTES> hash;
  if (crypto_pwhash_str_alg(
          hash.data(), password.data(), password.size(),
          static_cast<unsigned long long>(policy_.argon2_passes),
          policy_.argon2_memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return Status(Reason::kOverloaded);
  }
  return std::string(hash.data());
}

bool Passwords::Matches(const std::string& hash,
                        std::string_view password) const {
  if (const auto django = DjangoHash::Parse(hash); django.ok()) {
    return django->IsCostly() && django->Matches(password);
  }
  return crypto_pwhash_str_verify(hash.c_str(), password.data(),
                                  password.size()) == 0;
}

bool Passwords::IsWeaker(const std::string& hash) const {
  const Cost cost = CostOf(hash);
  return cost.memory_kib < policy_.argon2_memory_bytes / 1024 ||
         cost.passes < static_cast<unsigned long long>(policy_.argon2_passes);
}

}  // namespace clone_auth::service
