// What attaching a credential to a request costs, for a signed-in session and
// for one that never changes, alone and with a second thread.

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "base/base64url.h"
#include "clone/clock.h"
#include "clone/credential.h"
#include "clone/token_session.h"

namespace clone_auth {
namespace {

constexpr char kUrl[] = "https://api.example.com/api/auth/me/";

/// Reads like an access token that was issued at `now` for an hour. It is
/// signed by nobody: the holding side does not look.
std::string AccessTokenText(WallTime now) {
  const auto issued = ToUnixSeconds(now).count();
  const std::string claims =
      "{\"iss\":\"https://api.example.com\",\"sub\":\"1\",\"iat\":" +
      std::to_string(issued) + ",\"exp\":" + std::to_string(issued + 3'600) +
      "}";
  return Base64UrlEncode("{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}") + "." +
         Base64UrlEncode(claims) + "." + Base64UrlEncode(std::string(64, 's'));
}

std::unique_ptr<TokenSession> MakeSession() {
  TokenSessionOptions options;
  options.base_url = "https://api.example.com";
  const WallTime now = SystemClock().Now();
  auto session = TokenSession::Create(
      std::move(options),
      {Secret::CopyOf(AccessTokenText(now)), Secret::CopyOf("refresh-token")},
      now);
  if (!session.ok()) std::abort();
  return std::move(session).value();
}

const TokenSession& TheSession() {
  static const TokenSession& session = *MakeSession().release();
  return session;
}

Credential* MakeApiKey() {
  auto credential = Credential::Parse(Secret::CopyOf("clone_0123456789abcdef"));
  if (!credential.ok() || !credential->BindTo(kUrl).ok()) std::abort();
  return new Credential(std::move(credential).value());
}

const Credential& TheApiKey() {
  static const Credential& credential = *MakeApiKey();
  return credential;
}

void SessionHeader(benchmark::State& state) {
  const TokenSession& session = TheSession();
  const WallTime now = SystemClock().Now();
  for (auto _ : state) {
    auto header = session.HeaderFor("GET", kUrl, now);
    if (!header.ok()) state.SkipWithError("refused");
    benchmark::DoNotOptimize(header);
  }
  state.SetLabel(state.threads() == 1 ? "50ns" : "credential/session 1.05");
}

void SessionHeaderWithClock(benchmark::State& state) {
  const TokenSession& session = TheSession();
  for (auto _ : state) {
    auto header = session.HeaderFor("GET", kUrl, SystemClock().Now());
    benchmark::DoNotOptimize(header);
  }
}

void ApiKeyHeader(benchmark::State& state) {
  const Credential& credential = TheApiKey();
  for (auto _ : state) {
    auto header = credential.HeaderFor("GET", kUrl);
    if (!header.ok()) state.SkipWithError("refused");
    benchmark::DoNotOptimize(header);
  }
  state.SetLabel(state.threads() == 1 ? "50ns" : "credential/api_key 1.05");
}

const bool registered = [] {
  benchmark::RegisterBenchmark("credential/session", SessionHeader);
  benchmark::RegisterBenchmark("credential/session", SessionHeader)->Threads(2);
  benchmark::RegisterBenchmark("credential/session_and_clock",
                               SessionHeaderWithClock);
  benchmark::RegisterBenchmark("credential/api_key", ApiKeyHeader);
  benchmark::RegisterBenchmark("credential/api_key", ApiKeyHeader)->Threads(2);
  return true;
}();

}  // namespace
}  // namespace clone_auth
