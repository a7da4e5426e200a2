// A process of many that share one stored session, told by lines on standard
// input what to do:
//   ask SECONDS   lets its clock be that far ahead, asks for the header and
//                 prints "ok FINGERPRINT" or "failed REASON"
//   me 0          calls the API and prints "ok" or "failed REASON"
//   count 0       prints how many threads and open descriptors it has
//   fork 0        forks a child that does nothing, and prints its process id
//   join 0        lets that child ask for the header and print as for `ask`
//
// usage: session-worker STORE [TOKEN_ENDPOINT CLIENT_ID]

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <functional>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "clone/credential_source.h"
#include "clone/rest_client.h"
#include "clone/token_session.h"
#include "clone/token_store.h"

namespace {

using clone_auth::Result;
using clone_auth::Status;
using clone_auth::WallTime;

/// The machine's clock, some time ahead: for both of its clocks, as if that
/// time had passed.
class ClockAhead final : public clone_auth::Clock {
 public:
  WallTime Now() const override { return system_.Now() + ahead_; }
  std::chrono::nanoseconds SinceBoot() const override {
    return system_.SinceBoot() + ahead_;
  }
  std::chrono::nanoseconds Awake() const override {
    return system_.Awake() + ahead_;
  }
  void SleepFor(std::chrono::nanoseconds duration) const override {
    system_.SleepFor(duration);
  }
  void GoAhead(std::chrono::seconds by) { ahead_ = by; }

 private:
  const Clock& system_ = clone_auth::SystemClock();
  std::chrono::seconds ahead_{0};
};

long EntriesOf(const char* folder) {
  const std::filesystem::directory_iterator first(folder);
  return std::distance(first, std::filesystem::directory_iterator());
}

void Count() {
  // One of the descriptors is that of the folder itself.
  std::cout << EntriesOf("/proc/self/task") << ' '
            << EntriesOf("/proc/self/fd") - 1 << std::endl;
}

struct Session {
  std::string base_url;
  std::shared_ptr<clone_auth::SessionCredentialSource> source;
};

void Ask(const Session& session) {
  const auto header =
      session.source->HeaderFor("GET", session.base_url + "/api/auth/me/");
  if (header.ok()) {
    std::cout << "ok " << std::hash<std::string_view>()(header->value)
              << std::endl;
  } else {
    std::cout << "failed " << header.status().ToString() << std::endl;
  }
}

void CallApi(const Session& session) {
  clone_auth::RestClientOptions options;
  options.base_url = session.base_url;
  options.credentials = session.source;
  auto client = clone_auth::RestClient::Create(std::move(options));
  const Status called =
      client.ok() ? (*client)->Me().status() : client.status();
  std::cout << (called.ok() ? "ok" : "failed " + called.ToString())
            << std::endl;
}

/// A child that stands still until it is joined.
class Child {
 public:
  void Fork(const Session& session) {
    if (pipe(gate_.data()) != 0) std::abort();
    pid_ = fork();
    if (pid_ == 0) {
      close(gate_[1]);
      char byte = 0;
      (void)read(gate_[0], &byte, 1);
      Ask(session);
      _exit(0);
    }
    close(gate_[0]);
    std::cout << pid_ << std::endl;
  }
  void Join() {
    close(gate_[1]);
    waitpid(pid_, nullptr, 0);
  }

 private:
  std::array<int, 2> gate_{};
  pid_t pid_ = 0;
};

Result<Session> Open(char** arguments, int count, const ClockAhead& clock) {
  std::shared_ptr<clone_auth::TokenStore> store =
      clone_auth::MakeFileTokenStore(arguments[0]);
  auto stored = store->Load();
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return Status(clone_auth::Reason::kNotFound);
  clone_auth::TokenSessionOptions options;
  options.base_url = (*stored)->base_url;
  if (count > 1) options.token_endpoint = arguments[1];
  if (count > 2) options.client_id = arguments[2];
  auto session = clone_auth::TokenSession::Create(
      options, std::move((*stored)->tokens), clock.Now());
  if (!session.ok()) return session.status();
  clone_auth::CurlTransportOptions for_refreshes;
  for_refreshes.max_idle_connections = 0;
  auto transport = clone_auth::MakeCurlTransport(for_refreshes);
  if (!transport.ok()) return transport.status();
  return Session{options.base_url,
                 clone_auth::SessionCredentialSource::Create(
                     std::move(session).value(), std::move(transport).value(),
                     &clock, store)};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  ClockAhead clock;
  Result<Session> session = Status(clone_auth::Reason::kNotFound);
  Child child;
  std::string word;
  long long seconds = 0;
  while (std::cin >> word >> seconds) {
    if (word == "count") {
      Count();
      continue;
    }
    clock.GoAhead(std::chrono::seconds(seconds));
    if (!session.ok()) session = Open(argv + 1, argc - 1, clock);
    if (!session.ok()) {
      std::cout << "failed " << session.status().ToString() << std::endl;
      continue;
    }
    if (word == "ask") Ask(*session);
    if (word == "me") CallApi(*session);
    if (word == "fork") child.Fork(*session);
    if (word == "join") child.Join();
  }
  return 0;
}
