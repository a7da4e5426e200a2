// A user stays signed in, on a curl_multi loop of one's own: a refresh is one
// more transfer, and nothing waits for it.
// hello_session_curl_multi URL EMAIL PASSWORD FILE TIMES PAUSE_MS

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>

#include "clone/durable_session.h"
#include "curl_transfer.h"
#include "sign_in.h"

using namespace clone_auth;
using std::chrono::milliseconds;

int main(int argc, char** argv) {
  if (argc != 7) return 2;
  auto begun = SignIn(argv[1], argv[2], argv[3], argv[4]);
  if (!begun.ok()) return Fail(begun.status());
  const auto session =
      DurableSession::Create(std::move(begun->session), begun->store);
  const std::string url = std::string(argv[1]) + "/api/auth/me/";
  const std::unique_ptr<CURLM, CURLMcode (*)(CURLM*)> multi(curl_multi_init(),
                                                            curl_multi_cleanup);
  std::optional<CurlTransfer> refresh, call;
  std::uint64_t attempt = 0;
  WallTime next_call = session->Now();

  for (int left = std::atoi(argv[5]); left > 0 || refresh;) {
    const auto step = session->Poll();
    WallTime again = session->Now() + milliseconds(1000);
    if (const auto* send = std::get_if<TokenSession::Send>(&step)) {
      attempt = send->attempt;
      refresh.emplace(multi.get(), send->request);
    } else if (const auto* ready = std::get_if<TokenSession::Ready>(&step)) {
      again = ready->until;
    } else if (const auto* wait = std::get_if<TokenSession::WaitUntil>(&step)) {
      again = wait->until;
    } else {
      return Fail(std::get<TokenSession::Ended>(step).why);
    }
    if (left > 0 && !call && session->Now() >= next_call) {
      const auto header = session->HeaderFor("GET", url);
      if (header.ok()) {
        call.emplace(multi.get(), GetWith(*header, url));
      } else if (header.status().reason() == Reason::kTokenExpired) {
        next_call = session->Now() + milliseconds(100);  // a refresh may come
      } else {
        return Fail(header.status());
      }
    }
    if (left > 0 && !call) again = std::min(again, next_call);

    int count = 0;
    const auto wait = std::chrono::ceil<milliseconds>(again - session->Now());
    curl_multi_poll(multi.get(), nullptr, 0,
                    std::max(0, static_cast<int>(wait.count())), nullptr);
    curl_multi_perform(multi.get(), &count);
    while (const CURLMsg* done = curl_multi_info_read(multi.get(), &count)) {
      if (refresh && refresh->Is(*done)) {
        session->Complete(attempt, refresh->Take(*done));
        refresh.reset();
        continue;
      }
      const auto me = call->Take(*done);
      call.reset();
      if (!me.ok()) return Fail(me.status());
      std::printf("%d %s\n", me->status, me->body.c_str());
      next_call = session->Now() + milliseconds(std::atoi(argv[6]));
      --left;
    }
  }
  return 0;
}
