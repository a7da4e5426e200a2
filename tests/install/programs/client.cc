// Asks a client for its header, and the network for a server that is not there.

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "clone/credential.h"
#include "clone/credential_source.h"
#include "clone/rest_client.h"

using namespace clone_auth;

int main() {
  const std::string url = "http://127.0.0.1:1";
  auto key = Credential::Parse(Secret::CopyOf("clone_aaaaaaaaaaaaaa"));
  if (!key.ok() || !key.value().BindTo(url).ok()) return 1;

  RestClientOptions options;
  options.base_url = url;
  options.credentials = MakeStaticSource(std::move(key).value());
  options.retry.max_attempts = 1;
  auto client = RestClient::Create(std::move(options));
  if (!client.ok()) return 1;
  const auto me = client.value()->Me();
  std::puts(me.ok() ? "ok" : me.status().ToString().c_str());
  return me.status().reason() == Reason::kUnreachable ? 0 : 1;
}
