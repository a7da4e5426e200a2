// Loses the answer to a refresh, as a test of one's own client would.

#include <cstdio>
#include <string>

#include "clone/testing/adversarial_auth_server.h"
#include "clone/testing/fake_clock.h"
#include "clone/testing/fake_transport.h"

using namespace clone_auth;

int main() {
  testing::FakeClock clock;
  auto server = testing::AdversarialAuthServer::Create();
  if (!server.ok()) return 1;
  testing::FakeTransport transport([&](const HttpRequest& request) {
    return server.value()->Handle(request, clock.Now());
  });
  auto session = server.value()->NewSession(clock.Now());
  if (!session.ok() || !server.value()->Add("lost_answer").ok()) return 1;

  HttpRequest request;
  request.method = "POST";
  request.target = "https://auth.example/api/auth/token/refresh/";
  request.headers.Add("Idempotency-Key", "one attempt");
  request.body = "{\"refresh\":\"" + session.value().refresh + "\"}";
  const auto lost = transport.Send(request, HttpLimits());
  clock.Advance(std::chrono::hours(1));
  const auto again = transport.Send(request, HttpLimits());
  std::puts(lost.status().ToString().c_str());
  const bool is_kept = again.ok() && again.value().status == 200 &&
                       server.value()->counts().families_lost == 0;
  return lost.status().reason() == Reason::kConnectionLost && is_kept ? 0 : 1;
}
