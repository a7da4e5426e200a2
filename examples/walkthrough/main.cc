// walkthrough: everything a client does with an account, step by step, through
// the library. Exits with 0 if each step went as it should.

#include <chrono>
#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "clone/credential.h"
#include "clone/credential_source.h"
#include "clone/http.h"
#include "clone/random.h"
#include "clone/rest_client.h"
#include "clone/token_session.h"
#include "showing_transport.h"

namespace {

using namespace clone_auth;  // NOLINT: a program of its own

constexpr char kLetters[] = "abcdefghijkmnpqrstuvwxyz23456789";

struct Arguments {
  std::string base_url;
  std::string invite_code;
  ApiKeyScheme scheme;
};

/// `expected` where the step had to fail in one way and did.
Status ExpectRefusal(const Status& status, Reason expected) {
  std::printf("  = HTTP %d, %s: %s %s\n", status.http_status(),
              std::string(status.word()).c_str(),
              std::string(status.message()).c_str(),
              std::string(status.remedy()).c_str());
  if (status.reason() == expected && status.http_status() == 401) {
    return Status();
  }
  return Status(Reason::kInternal,
                "expected " + std::string(Describe(expected).word));
}

class Walkthrough {
 public:
  explicit Walkthrough(Arguments arguments)
      : arguments_(std::move(arguments)) {}

  Status Prepare() {
    auto curl = MakeCurlTransport();
    if (!curl.ok()) return curl.status();
    transport_ = std::make_shared<walkthrough::ShowingTransport>(
        std::move(curl).value(), arguments_.scheme);
    auto name = RandomText(SystemRandom(), kLetters, 10);
    auto password = RandomText(SystemRandom(), kLetters, 20);
    if (!name.ok()) return name.status();
    if (!password.ok()) return password.status();
    email_ = "walker-" + *name + "@example.com";
    password_ = Secret::CopyOf(*password);
    return Connect(nullptr, anonymous_);
  }

  Status Signup() {
    return anonymous_
        ->Signup({email_, password_.Clone(), arguments_.invite_code})
        .status();
  }

  Status Login() {
    auto signed_in = anonymous_->Login(email_, password_);
    if (!signed_in.ok()) return signed_in.status();
    TokenSessionOptions options;
    options.base_url = arguments_.base_url;
    options.scheme = arguments_.scheme;
    auto session = TokenSession::Create(options, std::move(signed_in->tokens),
                                        SystemClock().Now());
    if (!session.ok()) return session.status();
    session_ = SessionCredentialSource::Create(std::move(session).value(),
                                               transport_, &SystemClock());
    return Connect(session_, signed_in_);
  }

  Status MeWithToken() { return signed_in_->Me().status(); }

  Status IssueKey() {
    IssueKeyRequest request;
    request.label = "walkthrough";
    auto issued = signed_in_->IssueKey(request);
    if (!issued.ok()) return issued.status();
    key_id_ = issued->info.id;
    auto credential =
        Credential::Parse(std::move(issued->key), arguments_.scheme);
    if (!credential.ok()) return credential.status();
    if (credential->shape() != CredentialShape::kApiKey) {
      return Status(Reason::kSchemeInvalid,
                    "the key does not begin with " + arguments_.scheme.prefix);
    }
    if (Status bound = credential->BindTo(arguments_.base_url); !bound.ok()) {
      return bound;
    }
    return Connect(MakeStaticSource(std::move(credential).value()), with_key_);
  }

  Status MeWithKey() { return with_key_->Me().status(); }

  Status ListKeys() {
    auto page = signed_in_->ListKeys();
    if (!page.ok()) return page.status();
    if (page->count == 1 && page->results[0].id == key_id_) return Status();
    return Status(Reason::kInternal, "the key is not listed");
  }

  Status RevokeKey() { return signed_in_->RevokeKey(key_id_); }

  Status MeWithRevokedKey() {
    return ExpectRefusal(with_key_->Me().status(), Reason::kKeyRevoked);
  }

  Status Refresh() {
    const auto generation = session_->session().generation();
    if (Status status = session_->Refresh(); !status.ok()) return status;
    if (session_->session().generation() > generation) return MeWithToken();
    return Status(Reason::kInternal, "the access token is still the old one");
  }

  Status Logout() {
    const SessionTokens tokens = session_->session().tokens();
    return signed_in_->Logout(tokens.refresh);
  }

 private:
  Status Connect(std::shared_ptr<CredentialSource> source,
                 std::unique_ptr<RestClient>& client) {
    RestClientOptions options;
    options.base_url = arguments_.base_url;
    options.credentials = std::move(source);
    options.transport = transport_;
    auto created = RestClient::Create(std::move(options));
    if (!created.ok()) return created.status();
    client = std::move(created).value();
    return Status();
  }

  Arguments arguments_;
  std::shared_ptr<HttpTransport> transport_;
  std::string email_;
  Secret password_;
  std::string key_id_;
  std::shared_ptr<SessionCredentialSource> session_;
  std::unique_ptr<RestClient> anonymous_;
  std::unique_ptr<RestClient> signed_in_;
  std::unique_ptr<RestClient> with_key_;
};

struct Step {
  const char* title;
  Status (Walkthrough::*run)();
};

constexpr Step kSteps[] = {
    {"Sign up", &Walkthrough::Signup},
    {"Sign in", &Walkthrough::Login},
    {"Who am I, with the access token", &Walkthrough::MeWithToken},
    {"Issue an API key", &Walkthrough::IssueKey},
    {"Who am I, with the API key", &Walkthrough::MeWithKey},
    {"List the keys", &Walkthrough::ListKeys},
    {"Revoke the key", &Walkthrough::RevokeKey},
    {"Use the revoked key", &Walkthrough::MeWithRevokedKey},
    {"Refresh the session", &Walkthrough::Refresh},
    {"Sign out", &Walkthrough::Logout},
};

bool RunStep(Walkthrough& walkthrough, int number, const Step& step) {
  using Millis = std::chrono::duration<double, std::milli>;
  std::printf("%2d. %s\n", number, step.title);
  const auto began = std::chrono::steady_clock::now();
  const Status status = (walkthrough.*step.run)();
  const Millis took = std::chrono::steady_clock::now() - began;
  std::printf("    %s in %.1f ms\n",
              status.ok() ? "ok" : status.ToString().c_str(), took.count());
  std::fflush(stdout);
  return status.ok();
}

bool ParseArguments(int argc, char** argv, Arguments& arguments) {
  const std::pair<const char*, std::string*> flags[] = {
      {"--key-prefix", &arguments.scheme.prefix},
      {"--key-header", &arguments.scheme.header},
      {"--invite", &arguments.invite_code}};
  for (int i = 1; i < argc; ++i) {
    std::string* target = argv[i][0] == '-' ? nullptr : &arguments.base_url;
    for (const auto& [name, value] : flags) {
      if (std::strcmp(argv[i], name) == 0 && i + 1 < argc) {
        target = value;
        ++i;
        break;
      }
    }
    if (target == nullptr) return false;
    *target = argv[i];
  }
  return !arguments.base_url.empty();
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!ParseArguments(argc, argv, arguments)) {
    std::fprintf(stderr,
                 "usage: walkthrough BASE_URL [--key-prefix P] "
                 "[--key-header H] [--invite CODE]\n");
    return 2;
  }
  Walkthrough walkthrough(std::move(arguments));
  if (const Status status = walkthrough.Prepare(); !status.ok()) {
    std::fprintf(stderr, "walkthrough: %s\n", status.ToString().c_str());
    return 2;
  }
  int number = 0;
  for (const Step& step : kSteps) {
    if (!RunStep(walkthrough, ++number, step)) return 1;
  }
  std::printf("All %d steps went as expected.\n", number);
  return 0;
}
