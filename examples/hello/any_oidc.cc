// Signs a person in at whatever issuer there is, with a code that they type on
// another device, and calls an API as them.
// hello_any_oidc ISSUER CLIENT_ID API_URL [SCOPE]

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "clone/credential_source.h"
#include "clone/device_sign_in.h"
#include "clone/discovery.h"
#include "clone/rest_client.h"

using namespace clone_auth;

// What is in `result`; where nothing is, the program says why and ends.
template <typename T>
T OrExit(Result<T> result) {
  if (result.ok()) return *std::move(result);
  std::fprintf(stderr, "%s\n", result.status().ToString().c_str());
  std::exit(1);
}

void Show(const DevicePrompt& prompt) {
  std::printf("Open %s and type %s\n", prompt.verification_uri.c_str(),
              prompt.user_code.c_str());
  std::fflush(stdout);
}

int main(int argc, char** argv) {
  if (argc < 4 || argc > 5) return 2;
  const std::string api = argv[3];
  const std::shared_ptr<HttpTransport> transport = OrExit(MakeCurlTransport());
  FlowDriverOptions driver;
  driver.transport = transport.get();

  DiscoveryOptions where;
  where.issuer = argv[1];
  OAuthClientOptions who;
  who.server = OrExit(Discover(std::move(where), driver)).server;
  who.client_id = argv[2];
  const OAuthClient client = OrExit(OAuthClient::Create(std::move(who)));
  TokenAnswer answer = OrExit(
      SignInWithDevice(client, argc == 5 ? argv[4] : "", {driver, Show}));

  RestClientOptions options;
  options.base_url = api;
  options.credentials = SessionCredentialSource::Create(
      OrExit(TokenSession::Create(client.SessionOptions(api),
                                  std::move(answer.tokens),
                                  SystemClock().Now())),
      transport, nullptr);
  HttpRequest request;
  request.target = api;
  const auto caller = OrExit(RestClient::Create(std::move(options)));
  const HttpResponse response = OrExit(caller->Send(std::move(request)));
  std::printf("%d\n%s\n", response.status, response.body.c_str());
  return response.status == 200 ? 0 : 1;
}
