#include <gtest/gtest.h>

#include <string>

#include "capi_world.h"
#include "memory_faults.h"

namespace clone_auth::testing {
namespace {

using CFlow = CHandle<clone_auth_flow, clone_auth_flow_free>;
using CSignInOptions =
    CHandle<clone_auth_sign_in_options, clone_auth_sign_in_options_free>;
using CSessionOptions =
    CHandle<clone_auth_session_options, clone_auth_session_options_free>;
using CSession = CHandle<clone_auth_session, clone_auth_session_free>;
using CString = CHandle<clone_auth_string, clone_auth_string_free>;
using CRequest =
    CHandle<clone_auth_session_request, clone_auth_session_request_free>;

const std::string kIssuer = "https://auth.example";
const std::string kBack = "https://app.example/back";
const std::string kMetadata =
    R"({"issuer":"https://auth.example",)"
    R"("authorization_endpoint":"https://auth.example/authorize",)"
    R"("token_endpoint":"https://auth.example/token",)"
    R"("code_challenge_methods_supported":["S256"]})";
const std::string kTokens =
    R"({"access_token":"access","token_type":"Bearer","expires_in":600})";

struct Polled {
  clone_auth_status status = CLONE_AUTH_OK;
  int step = -1;
};

Polled Poll(clone_auth_flow* flow) {
  Polled polled;
  std::int64_t wait_ns = -1;
  clone_auth_session_request* request = nullptr;
  polled.status =
      clone_auth_flow_poll(flow, &polled.step, &wait_ns, &request, nullptr);
  const CRequest owned(request);
  EXPECT_EQ(request != nullptr, polled.step == CLONE_AUTH_STEP_SEND);
  return polled;
}

clone_auth_status Complete(clone_auth_flow* flow, const std::string& body) {
  return clone_auth_flow_complete(flow, 200, "", 0, body.data(), body.size(),
                                  nullptr);
}

std::string OutcomeWord(const clone_auth_flow* flow) {
  return OutcomeOf([&](clone_auth_error** error) {
           return clone_auth_flow_outcome(flow, error);
         })
      .reason;
}

CFlow Discovery() {
  clone_auth_flow* flow = nullptr;
  EXPECT_EQ(clone_auth_flow_discover_issuer(kIssuer.data(), kIssuer.size(),
                                            &flow, nullptr),
            CLONE_AUTH_OK);
  return CFlow(flow);
}

/// A sign-in with the browser whose code is here.
CFlow CodeGrant() {
  const CFlow discovery = Discovery();
  EXPECT_EQ(Poll(discovery.get()).step, CLONE_AUTH_STEP_SEND);
  EXPECT_EQ(Complete(discovery.get(), kMetadata), CLONE_AUTH_OK);
  EXPECT_EQ(Poll(discovery.get()).step, CLONE_AUTH_STEP_ENDED);
  clone_auth_sign_in_options* options = nullptr;
  EXPECT_EQ(
      clone_auth_sign_in_options_create(discovery.get(), &options, nullptr),
      CLONE_AUTH_OK);
  const CSignInOptions owned(options);
  EXPECT_EQ(
      clone_auth_sign_in_options_set_client_id(options, "app", 3, nullptr),
      CLONE_AUTH_OK);
  clone_auth_flow* flow = nullptr;
  EXPECT_EQ(clone_auth_flow_create_authorization_code(
                options, kBack.data(), kBack.size(), &flow, nullptr),
            CLONE_AUTH_OK);
  clone_auth_string* text = nullptr;
  EXPECT_EQ(clone_auth_flow_authorization_url(flow, &text, nullptr),
            CLONE_AUTH_OK);
  const CString url(text);
  const std::string query = clone_auth_string_data(text);
  const std::size_t state = query.find("state=");
  const std::string target =
      "/back?code=c&" + query.substr(state, query.find('&', state) - state);
  int callback = -1;
  EXPECT_EQ(clone_auth_flow_receive(flow, target.data(), target.size(),
                                    &callback, nullptr),
            CLONE_AUTH_OK);
  EXPECT_EQ(callback, CLONE_AUTH_CALLBACK_CODE);
  return CFlow(flow);
}

/// Has each allocation of `call` fail in turn, each time on a new flow. One
/// that ran out says so, and the flow goes on, or ends and says so, too.
template <typename Make, typename Call>
void EachAllocationFails(Make&& make, Call&& call) {
  EXPECT_EQ(call(make().get()), CLONE_AUTH_OK);  // what a thread keeps is there
  for (int count = 0;; ++count) {
    const CFlow flow = make();
    memory_faults = {true, false, count, false};
    const clone_auth_status status = call(flow.get());
    memory_faults.armed = false;
    if (!memory_faults.failed) {
      EXPECT_EQ(status, CLONE_AUTH_OK);
      EXPECT_GT(count, 0);
      return;
    }
    EXPECT_EQ(status, CLONE_AUTH_INTERNAL) << count;
    const Polled next = Poll(flow.get());
    EXPECT_EQ(next.status, CLONE_AUTH_OK) << count;
    if (next.step == CLONE_AUTH_STEP_ENDED) {
      EXPECT_EQ(OutcomeWord(flow.get()), "internal") << count;
    }
  }
}

TEST(CFlows, EndOrGoOnWhereThereIsNoMemoryForARequest) {
  const auto poll = [](clone_auth_flow* flow) { return Poll(flow).status; };
  EachAllocationFails(Discovery, poll);
  EachAllocationFails(CodeGrant, poll);
}

TEST(CFlows, EndOrGoOnWhereThereIsNoMemoryForAnAnswer) {
  const auto sent = [](CFlow flow) {
    EXPECT_EQ(Poll(flow.get()).step, CLONE_AUTH_STEP_SEND);
    return flow;
  };
  EachAllocationFails(
      [&] { return sent(Discovery()); },
      [](clone_auth_flow* flow) { return Complete(flow, kMetadata); });
  EachAllocationFails(
      [&] { return sent(CodeGrant()); },
      [](clone_auth_flow* flow) { return Complete(flow, kTokens); });
}

TEST(CFlows, KeepTheirSessionUntilThereIsMemoryToTakeIt) {
  clone_auth_session_options* options = nullptr;
  ASSERT_EQ(clone_auth_session_options_create(kIssuer.data(), kIssuer.size(),
                                              &options, nullptr),
            CLONE_AUTH_OK);
  const CSessionOptions owned(options);
  const CFlow flow = CodeGrant();
  EXPECT_EQ(Poll(flow.get()).step, CLONE_AUTH_STEP_SEND);
  EXPECT_EQ(Complete(flow.get(), kTokens), CLONE_AUTH_OK);
  EXPECT_EQ(Poll(flow.get()).step, CLONE_AUTH_STEP_ENDED);
  for (int count = 0;; ++count) {
    clone_auth_session* session = nullptr;
    memory_faults = {true, false, count, false};
    const clone_auth_status status =
        clone_auth_flow_take_session(flow.get(), options, &session, nullptr);
    memory_faults.armed = false;
    const CSession taken(session);
    if (!memory_faults.failed) {
      EXPECT_EQ(status, CLONE_AUTH_OK);
      EXPECT_GT(count, 5);
      return;
    }
    EXPECT_EQ(status, CLONE_AUTH_INTERNAL) << count;
    EXPECT_EQ(session, nullptr) << count;
  }
}

TEST(CFlows, CountAnAnswerThatIsTooLargeAsNone) {
  const CFlow flow = Discovery();
  EXPECT_EQ(Poll(flow.get()).step, CLONE_AUTH_STEP_SEND);
  EXPECT_EQ(Complete(flow.get(), std::string((std::size_t{1} << 20) + 1, ' ')),
            CLONE_AUTH_OK);
  EXPECT_EQ(Poll(flow.get()).step, CLONE_AUTH_STEP_ENDED);
  EXPECT_EQ(OutcomeWord(flow.get()), "answer_too_large");
}

}  // namespace
}  // namespace clone_auth::testing
