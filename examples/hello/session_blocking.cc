// A user stays signed in, with blocking calls: whoever asks for the header
// first when a refresh is due makes it, the other threads go on.
// hello_session_blocking URL EMAIL PASSWORD FILE TIMES PAUSE_MS

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <utility>

#include "clone/credential_source.h"
#include "clone/rest_client.h"
#include "sign_in.h"

using namespace clone_auth;

int main(int argc, char** argv) {
  if (argc != 7) return 2;
  auto signed_in = SignIn(argv[1], argv[2], argv[3], argv[4]);
  if (!signed_in.ok()) return Fail(signed_in.status());
  auto transport = MakeCurlTransport();
  if (!transport.ok()) return Fail(transport.status());

  std::shared_ptr<SessionCredentialSource> source =
      SessionCredentialSource::Create(std::move(signed_in->session),
                                      std::move(*transport), nullptr,
                                      signed_in->store);
  RestClientOptions options;
  options.base_url = argv[1];
  options.credentials = source;
  auto client = RestClient::Create(std::move(options));
  if (!client.ok()) return Fail(client.status());

  for (int left = std::atoi(argv[5]); left > 0; --left) {
    const auto me = (*client)->Me();
    if (!me.ok()) return Fail(me.status());
    std::printf("%s\n", me->email.c_str());
    std::this_thread::sleep_for(std::chrono::milliseconds(std::atoi(argv[6])));
  }
  return 0;
}
