// Every error of RFC 6749 section 5.2 and RFC 8628 section 3.5, as
// oidc-provider comes to it, and what it is called here.

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "peers/oidc/peer.h"

namespace clone_auth {
namespace {

using testing::kClientSecret;
using testing::OidcPeer;
using testing::OidcTest;

using By = ClientAuthentication;
using Outcome = Result<HttpResponse>;

constexpr char kDeviceCode[] = "urn:ietf:params:oauth:grant-type:device_code";
constexpr char kOtherSecret[] = "a secret of 32 characters or less";

// A code that a device was given, and the prompt for it.
struct Device {
  std::string code;
  DevicePrompt prompt;
};

class OidcErrors : public OidcTest {
 public:
  /// The peer with these flags, which tests share.
  OidcPeer& peer() {
    static const auto lasting = *MakeCurlTransport();
    static std::map<std::vector<std::string>, std::unique_ptr<OidcPeer>> peers;
    auto& peer = peers[flags];
    if (!peer) peer = std::make_unique<OidcPeer>(*lasting, flags);
    return *peer;
  }

  Outcome Send(const HttpRequest& request) {
    return transport->Send(request, {});
  }

  /// What the public client "native" is answered.
  Outcome Ask(const std::vector<FormField>& form) {
    return Send(peer().Client("native").TokenRequest(form));
  }

  /// The same of a client with this secret, for itself.
  Outcome AskAs(const std::string& client_id, const char* secret, By by,
                const std::vector<FormField>& more = {}) {
    std::vector<FormField> form{{"grant_type", "client_credentials"}};
    form.insert(form.end(), more.begin(), more.end());
    return Send(peer().Client(client_id, secret, by).TokenRequest(form));
  }

  std::string SignIn() { return *peer().SignIn().FindString("refresh_token"); }

  Outcome Refresh(const std::string& token, std::string_view scope = "") {
    return Ask({{"grant_type", "refresh_token"},
                {"refresh_token", token},
                {"scope", scope}});
  }

  Device Start() {
    const Outcome answer =
        Send(*peer().Client("native").DeviceAuthorizationRequest("openid"));
    const JsonValue codes = *JsonValue::Parse(answer->body);
    Device device{*codes.FindString("device_code"), {}};
    device.prompt.user_code = *codes.FindString("user_code");
    return device;
  }

  Outcome Poll(const Device& device) {
    return Ask({{"grant_type", kDeviceCode}, {"device_code", device.code}});
  }

  std::vector<std::string> flags;
};

std::string ErrorOf(const Outcome& answer) {
  if (!answer.ok()) return answer.status().ToString();
  const auto json = JsonValue::Parse(answer->body);
  const std::string* error = json.ok() ? json->FindString("error") : nullptr;
  return error == nullptr ? "none" : *error;
}

struct Row {
  const char* error;
  Reason reason;
  const char* how;
  std::function<Outcome(OidcErrors&)> ask;
};

const std::array kRows = {
    Row{"invalid_request", Reason::kRequestRefused, "a refresh without a token",
        [](auto& t) { return t.Refresh(""); }},
    Row{"invalid_request", Reason::kRequestRefused,
        "a grant that the client is not registered for, which other servers "
        "call unauthorized_client",
        [](auto& t) {
          return t.Send(t.peer()
                            .Client("browser-only")
                            .TokenRequest({{"grant_type", kDeviceCode},
                                           {"device_code", "any"}}));
        }},
    Row{"invalid_client", Reason::kClientRefused, "a client that nobody knows",
        [](auto& t) {
          return t.Send(t.peer().Client("nobody").TokenRequest(
              {{"grant_type", "refresh_token"}, {"refresh_token", "any"}}));
        }},
    Row{"invalid_client", Reason::kClientRefused,
        "a wrong secret in the header",
        [](auto& t) { return t.AskAs("basic", kOtherSecret, By::kBasic); }},
    Row{"invalid_client", Reason::kClientRefused, "a wrong secret in the form",
        [](auto& t) { return t.AskAs("post", kOtherSecret, By::kPost); }},
    Row{"invalid_grant", Reason::kGrantInvalid, "a token that nobody was given",
        [](auto& t) { return t.Refresh("none"); }},
    Row{"invalid_grant", Reason::kGrantInvalid, "a token that was used",
        [](auto& t) {
          const std::string token = t.SignIn();
          EXPECT_EQ(ErrorOf(t.Refresh(token)), "none");
          return t.Refresh(token);
        }},
    Row{"invalid_grant", Reason::kGrantInvalid,
        "the successor of a token that came again",
        [](auto& t) {
          const std::string token = t.SignIn();
          const Outcome successor = t.Refresh(token);
          EXPECT_EQ(ErrorOf(t.Refresh(token)), "invalid_grant");
          const JsonValue tokens = *JsonValue::Parse(successor->body);
          return t.Refresh(*tokens.FindString("refresh_token"));
        }},
    Row{"invalid_grant", Reason::kGrantInvalid, "a token that was given back",
        [](auto& t) {
          const std::string token = t.SignIn();
          const auto client = t.peer().Client("native");
          const auto gone = t.Send(*client.RevocationRequest(
              Secret::CopyOf(token), "refresh_token"));
          EXPECT_TRUE(OAuthClient::ReadRevocationAnswer(gone).ok());
          return t.Refresh(token);
        }},
    Row{"invalid_grant", Reason::kGrantInvalid, "a device's code that is spent",
        [](auto& t) {
          t.flags = {"--interval", "0"};
          const Device device = t.Start();
          t.peer().Approve(device.prompt);
          EXPECT_EQ(ErrorOf(t.Poll(device)), "none");
          return t.Poll(device);
        }},
    Row{"unauthorized_client", Reason::kClientRefused,
        "a resource that the server has for others, which its policy says",
        [](auto& t) {
          return t.AskAs("basic", kClientSecret, By::kBasic,
                         {{"resource", "https://api.example/reserved"}});
        }},
    Row{"unsupported_grant_type", Reason::kGrantUnsupported, "a password",
        [](auto& t) {
          return t.Ask({{"grant_type", "password"}});
        }},
    Row{"invalid_scope", Reason::kScopeRefused, "more than was granted",
        [](auto& t) { return t.Refresh(t.SignIn(), "openid email"); }},
    Row{"invalid_target", Reason::kScopeRefused, "a resource it does not know",
        [](auto& t) {
          return t.AskAs("post", kClientSecret, By::kPost,
                         {{"resource", "https://api.example/unknown"}});
        }},
    Row{"authorization_pending", Reason::kSignInPending, "a code not yet typed",
        [](auto& t) { return t.Poll(t.Start()); }},
    Row{"slow_down", Reason::kRateLimited,
        "two polls at once; from the middleware of peer.mjs, because "
        "oidc-provider has the error and no clock of polls",
        [](auto& t) {
          const Device device = t.Start();
          EXPECT_EQ(ErrorOf(t.Poll(device)), "authorization_pending");
          return t.Poll(device);
        }},
    Row{"access_denied", Reason::kSignInDenied, "a person who does not consent",
        [](auto& t) {
          const Device device = t.Start();
          t.peer().Deny(device.prompt);
          return t.Poll(device);
        }},
    Row{"expired_token", Reason::kSignInExpired,
        "a code of a second, polled on",
        [](auto& t) {
          t.flags = {"--interval", "0", "--code-life", "1"};
          const Device device = t.Start();
          Outcome answer = t.Poll(device);
          while (ErrorOf(answer) == "authorization_pending") {
            answer = t.Poll(device);
          }
          return answer;
        }},
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.error << ", for " << row.how << ": " << Describe(row.reason).word;
}

class EveryOidcError : public OidcErrors,
                       public ::testing::WithParamInterface<Row> {};

TEST_P(EveryOidcError, HasItsReason) {
  const Row& row = GetParam();
  const Outcome answer = row.ask(*this);
  EXPECT_EQ(ErrorOf(answer), row.error);
  const Status status = peer()
                            .Client("native")
                            .ReadTokenAnswer(answer, SystemClock().Now())
                            .status();
  EXPECT_EQ(Describe(status.reason()).word, Describe(row.reason).word);
}

INSTANTIATE_TEST_SUITE_P(Table, EveryOidcError, ::testing::ValuesIn(kRows),
                         [](const auto& row) {
                           return std::to_string(row.index) + "_" +
                                  row.param.error;
                         });

}  // namespace
}  // namespace clone_auth
