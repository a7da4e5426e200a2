// Calls an API with whatever credential is configured: CLONE_API_TOKEN and
// CLONE_API_URL, the config file, or the stored session.

#include <cstdio>
#include <utility>

#include "clone/credential_source.h"
#include "clone/rest_client.h"

int main() {
  auto found = clone_auth::MakeDefaultSource({});
  if (!found.ok()) {
    std::fprintf(stderr, "%s\n", found.status().ToString().c_str());
    return 2;
  }
  clone_auth::RestClientOptions options;
  options.base_url = found->base_url;
  options.credentials = std::move(found->source);
  auto client = clone_auth::RestClient::Create(std::move(options));
  if (!client.ok()) {
    std::fprintf(stderr, "%s\n", client.status().ToString().c_str());
    return 2;
  }
  const auto me = (*client)->Me();
  if (!me.ok()) {
    std::fprintf(stderr, "%s\n", me.status().ToString().c_str());
    return 1;
  }
  std::printf("Hello, %s\n", me->email.c_str());
  return 0;
}
