// clone-auth-server: the identity service behind an HTTP server of its own.

#include <csignal>
#include <cstdio>
#include <string>
#include <utility>

#include "admin_client.h"
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

void WarnOfRows(const clone_auth::ServiceStatistics& at_start) {
  const auto warn = [](std::size_t count, const char* what) {
    if (count == 0) return;
    std::fprintf(stderr, "clone-auth-server: %s: %zu\n", what, count);
  };
  warn(at_start.altered_keys,
       "API keys refused because somebody edited their rows");
  warn(at_start.rows_put_right,
       "keys and accounts that the revocation log took away again, as their "
       "rows said otherwise");
}

}  // namespace

int main(int argc, char** argv) {
  auto [options, exit_code] = auth_server::ParseOptions(argc, argv);
  if (exit_code) return *exit_code;
  std::signal(SIGPIPE, SIG_IGN);

  if (!options.admin.command.empty()) return auth_server::RunAdmin(options);

  auto bound = auth_server::Server::Bind(options);
  if (!bound.ok()) return Fail(bound.status());
  const auto server = std::move(bound).value();
  if (options.service.issuer.empty()) options.service.issuer = server->url();
  auto service =
      IdentityService::OpenSqlite(options.database_path, options.service);
  if (!service.ok()) return Fail(service.status());
  WarnOfRows((*service)->operations().Statistics());
  const Status status = server->Run(options, **service);
  // Before the server's connections: those may wait for an answer of it.
  *service = nullptr;
  return status.ok() ? 0 : Fail(status);
}
