// A user stays signed in, on Boost.Asio: one coroutine keeps the session
// fresh, the others take its header and never wait.
// hello_session_asio URL EMAIL PASSWORD FILE TIMES PAUSE_MS

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "beast_exchange.h"
#include "clone/durable_session.h"
#include "sign_in.h"

using namespace clone_auth;
namespace asio = boost::asio;

struct App {
  std::unique_ptr<DurableSession> session;
  asio::io_context io{1};
  asio::steady_timer wake{io};
  bool done = false;
  Status failure;
};

asio::awaitable<void> KeepFresh(App& app) {
  while (!app.done) {
    auto step = app.session->Poll();
    WallTime again{};
    if (auto* send = std::get_if<TokenSession::Send>(&step)) {
      app.session->Complete(send->attempt, co_await Exchange(send->request));
      continue;
    }
    if (const auto* ready = std::get_if<TokenSession::Ready>(&step)) {
      again = ready->until;
    } else if (const auto* wait = std::get_if<TokenSession::WaitUntil>(&step)) {
      again = wait->until;
    } else {
      co_return;
    }
    boost::system::error_code woken;
    app.wake.expires_after(again - app.session->Now());
    co_await app.wake.async_wait(
        asio::redirect_error(asio::use_awaitable, woken));
  }
}

asio::awaitable<void> CallMe(App& app, std::string url, int times,
                             std::chrono::milliseconds pause) {
  asio::steady_timer timer(app.io);
  while (times > 0 && app.failure.ok()) {
    const auto header = app.session->HeaderFor("GET", url);
    if (header.ok()) {
      const auto me = co_await Exchange(GetWith(*header, url));
      app.failure = me.status();
      if (me.ok()) std::printf("%d %s\n", me->status, me->body.c_str());
      --times;
    } else if (header.status().reason() != Reason::kTokenExpired) {
      app.failure = header.status();  // an expired one may be refreshed yet
    }
    timer.expires_after(pause);
    co_await timer.async_wait(asio::use_awaitable);
  }
  app.done = true;
  app.wake.cancel();
}

int main(int argc, char** argv) {
  if (argc != 7) return 2;
  auto begun = SignIn(argv[1], argv[2], argv[3], argv[4]);
  App app;
  app.failure = begun.status();
  if (begun.ok()) {
    app.session =
        DurableSession::Create(std::move(begun->session), begun->store);
    asio::co_spawn(app.io, KeepFresh(app), asio::detached);
    asio::co_spawn(
        app.io,
        CallMe(app, std::string(argv[1]) + "/api/auth/me/", std::atoi(argv[5]),
               std::chrono::milliseconds(std::atoi(argv[6]))),
        asio::detached);
    app.io.run();
  }
  return app.failure.ok() ? 0 : Fail(app.failure);
}
