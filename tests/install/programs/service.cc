// Mounts the identity service on a file of its own and asks it for its keys.

#include <unistd.h>

#include <cstdio>
#include <string>

#include "clone/service.h"

using namespace clone_auth;

int main() {
  char folder[] = "/tmp/clone_auth_consumer_XXXXXX";
  if (mkdtemp(folder) == nullptr) return 1;
  const std::string path = std::string(folder) + "/auth.db";

  int status = 0;
  {
    ServiceOptions options;
    options.issuer = "https://auth.example.com";
    auto service = IdentityService::OpenSqlite(path, std::move(options));
    if (!service.ok()) {
      std::puts(service.status().ToString().c_str());
      return 1;
    }
    HttpRequest request;
    request.target = "/.well-known/jwks.json";
    const HttpResponse answer = service.value()->Handle(request);
    status = answer.status;
    std::puts(answer.body.c_str());
  }
  for (const char* suffix : {"", "-wal", "-shm", ".keys"}) {
    unlink((path + suffix).c_str());
  }
  rmdir(folder);
  return status == 200 ? 0 : 1;
}
