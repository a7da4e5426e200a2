// clone-auth-server: the identity service behind an HTTP server of its own.

#include <csignal>
#include <cstdio>
#include <memory>
#include <string>

#include "clone/service.h"
#include "options.h"
#include "server.h"

namespace {

using auth_server::Options;
using clone_auth::IdentityService;
using clone_auth::Status;

int Fail(const Status& status) {
  std::fprintf(stderr, "clone-auth-server: %s\n",
               std::string(status.message()).c_str());
  const bool mistake =
      status.code() == clone_auth::StatusCode::kInvalidArgument;
  return mistake ? 2 : 1;
}

int PrintInvite(IdentityService& service, int uses) {
  auto code = service.operations().CreateInvite(uses);
  if (!code.ok()) return Fail(code.status());
  std::printf("%s\n", code->c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  auto [options, exit_code] = auth_server::ParseOptions(argc, argv);
  if (exit_code) return *exit_code;
  std::signal(SIGPIPE, SIG_IGN);

  std::unique_ptr<auth_server::Server> server;
  if (options.invite_uses == 0) {
    auto bound = auth_server::Server::Bind(options);
    if (!bound.ok()) return Fail(bound.status());
    server = std::move(bound).value();
  }
  // An invite is the same whoever issues the tokens.
  if (options.service.issuer.empty()) {
    options.service.issuer = server ? server->url() : "http://127.0.0.1";
  }
  auto service =
      IdentityService::OpenSqlite(options.database_path, options.service);
  if (!service.ok()) return Fail(service.status());
  if (server == nullptr) return PrintInvite(**service, options.invite_uses);
  const Status status = server->Run(options, **service);
  // Before the server's connections: those may wait for an answer of it.
  *service = nullptr;
  return status.ok() ? 0 : Fail(status);
}
