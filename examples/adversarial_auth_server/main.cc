// adversarial-auth-server: the misbehaving auth server behind a real socket,
// for tests of clients in any language.

#include <cstdio>
#include <string>
#include <utility>

#include "clone/clock.h"
#include "control.h"
#include "listener.h"
#include "options.h"

namespace {

using clone_auth::HttpRequest;
using clone_auth::Status;
using clone_auth::SystemClock;
using clone_auth::testing::AdversarialAuthServer;
using clone_auth::testing::Delivery;

int Fail(const Status& status) {
  std::fprintf(stderr, "adversarial-auth-server: %s\n",
               std::string(status.message()).c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  auto [options, exit_code] = adversarial::ParseOptions(argc, argv);
  if (exit_code) return *exit_code;

  const auto bound = adversarial::Listener::Bind(options.port);
  if (!bound.ok()) return Fail(bound.status());
  const std::string port = std::to_string((*bound)->port());
  options.server.issuer = "http://127.0.0.1:" + port;
  options.server.audience = options.server.issuer;
  // The same socket by another name is another origin.
  options.server.elsewhere = "http://localhost:" + port;

  const auto made = AdversarialAuthServer::Create(options.server);
  if (!made.ok()) return Fail(made.status());
  AdversarialAuthServer& server = **made;
  for (auto& fault : options.faults) {
    if (Status status = server.Add(fault); !status.ok()) return Fail(status);
  }
  const auto first = server.NewSession(SystemClock().Now());
  if (!first.ok()) return Fail(first.status());
  std::printf("listening on %s\n%s\n", options.server.issuer.c_str(),
              adversarial::TokensJson(*first).c_str());
  std::fflush(stdout);

  (*bound)->Run([&server](const HttpRequest& request) {
    const auto now = SystemClock().Now();
    auto control = adversarial::Control(server, request, now);
    if (!control) return server.Serve(request, now);
    Delivery delivery;
    delivery.response = *std::move(control);
    return delivery;
  });
  return 0;
}
