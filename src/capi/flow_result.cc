// What a flow knows and what it has yielded.

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "capi/exchange.h"
#include "capi/flow.h"
#include "capi/session.h"
#include "capi/verified_jwt.h"

using clone_auth::AuthorizationCodeGrant;
using clone_auth::DeviceGrant;
using clone_auth::DevicePrompt;
using clone_auth::Discovered;
using clone_auth::Discovery;
using clone_auth::Reason;
using clone_auth::SessionTokens;
using clone_auth::Status;
using clone_auth::SystemClock;
using clone_auth::TokenSessionOptions;
using clone_auth::WallTime;
using clone_auth::capi::BeginSession;
using clone_auth::capi::Fence;
using clone_auth::capi::Give;
using clone_auth::capi::Live;
using clone_auth::capi::Output;
using clone_auth::capi::SecondsOf;

namespace {

// Gives what `text` reads from the flow; not_found where that is nothing.
template <typename Read>
clone_auth_status GiveText(const clone_auth_flow* flow, clone_auth_string** out,
                           clone_auth_error** error, Read text) {
  return Fence(error, {Live(flow), Output(out)}, [&] {
    const std::string_view found = text(*flow);
    return found.empty() ? Status(Reason::kNotFound) : Give(found, out);
  });
}

clone_auth_status GiveKnown(const clone_auth_flow* flow,
                            std::string Discovered::*member,
                            clone_auth_string** out, clone_auth_error** error) {
  return GiveText(flow, out, error, [member](const clone_auth_flow& f) {
    return std::string_view(f.known.*member);
  });
}

// Null until the codes of a device grant are here.
const DevicePrompt* PromptOf(const clone_auth_flow& flow) {
  const auto* grant = std::get_if<DeviceGrant>(&flow.machine);
  return grant == nullptr ? nullptr : grant->prompt();
}

clone_auth_status GivePrompt(const clone_auth_flow* flow,
                             std::string DevicePrompt::*member,
                             clone_auth_string** out,
                             clone_auth_error** error) {
  return GiveText(flow, out, error, [member](const clone_auth_flow& f) {
    const DevicePrompt* prompt = PromptOf(f);
    return prompt == nullptr ? std::string_view()
                             : std::string_view(prompt->*member);
  });
}

// A copy whose age, which the flow knows, is put in the time of day, by which
// the session goes.
SessionTokens CopyOf(const SessionTokens& tokens, WallTime flow_now) {
  SessionTokens copy;
  copy.access = tokens.access.Clone();
  copy.refresh = tokens.refresh.Clone();
  const WallTime now = SystemClock().Now();
  copy.received_at = now - (flow_now - tokens.received_at.value_or(flow_now));
  copy.expires_in = tokens.expires_in;
  return copy;
}

}  // namespace

clone_auth_status clone_auth_flow_outcome(const clone_auth_flow* flow,
                                          clone_auth_error** error) {
  return Fence(error, {Live(flow)}, [&] { return flow->outcome; });
}

clone_auth_status clone_auth_flow_issuer(const clone_auth_flow* flow,
                                         clone_auth_string** out,
                                         clone_auth_error** error) {
  return GiveText(flow, out, error, [](const clone_auth_flow& f) {
    return std::string_view(f.known.server.issuer);
  });
}

clone_auth_status clone_auth_flow_client_id(const clone_auth_flow* flow,
                                            clone_auth_string** out,
                                            clone_auth_error** error) {
  return GiveKnown(flow, &Discovered::client_id, out, error);
}

clone_auth_status clone_auth_flow_scope(const clone_auth_flow* flow,
                                        clone_auth_string** out,
                                        clone_auth_error** error) {
  return GiveKnown(flow, &Discovered::scope, out, error);
}

clone_auth_status clone_auth_flow_resource(const clone_auth_flow* flow,
                                           clone_auth_string** out,
                                           clone_auth_error** error) {
  return GiveKnown(flow, &Discovered::resource, out, error);
}

clone_auth_status clone_auth_flow_expires_at(const clone_auth_flow* flow,
                                             int64_t* out,
                                             clone_auth_error** error) {
  return Fence(error, {Live(flow), Output(out)}, [&] {
    if (const DevicePrompt* prompt = PromptOf(*flow)) {
      *out = SecondsOf(prompt->expires_at);
    } else if (std::holds_alternative<Discovery>(flow->machine) &&
               flow->outcome.ok()) {
      *out = SecondsOf(flow->known.fresh_until);
    } else {
      return Status(Reason::kNotFound);
    }
    return Status();
  });
}

clone_auth_status clone_auth_flow_user_code(const clone_auth_flow* flow,
                                            clone_auth_string** out,
                                            clone_auth_error** error) {
  return GivePrompt(flow, &DevicePrompt::user_code, out, error);
}

clone_auth_status clone_auth_flow_verification_uri(const clone_auth_flow* flow,
                                                   clone_auth_string** out,
                                                   clone_auth_error** error) {
  return GivePrompt(flow, &DevicePrompt::verification_uri, out, error);
}

clone_auth_status clone_auth_flow_verification_uri_complete(
    const clone_auth_flow* flow, clone_auth_string** out,
    clone_auth_error** error) {
  return GivePrompt(flow, &DevicePrompt::verification_uri_complete, out, error);
}

clone_auth_status clone_auth_flow_authorization_url(const clone_auth_flow* flow,
                                                    clone_auth_string** out,
                                                    clone_auth_error** error) {
  return GiveText(flow, out, error, [](const clone_auth_flow& f) {
    const auto* grant = std::get_if<AuthorizationCodeGrant>(&f.machine);
    return grant == nullptr ? std::string_view()
                            : std::string_view(grant->authorization_url());
  });
}

clone_auth_status clone_auth_flow_id_token(const clone_auth_flow* flow,
                                           clone_auth_string** out,
                                           clone_auth_error** error) {
  return GiveText(flow, out, error, [](const clone_auth_flow& f) {
    return f.granted.id_token.Reveal();
  });
}

clone_auth_status clone_auth_flow_take_session(
    clone_auth_flow* flow, const clone_auth_session_options* options,
    clone_auth_session** out, clone_auth_error** error) {
  return Fence(error, {Live(flow), Live(options), Output(out)}, [&] {
    if (!flow->outcome.ok()) return flow->outcome;
    auto& tokens = flow->granted.tokens;
    if (!tokens.has_value()) return Status(Reason::kNotFound);
    TokenSessionOptions session =
        flow->client->SessionOptions(options->session.base_url);
    session.session_name = options->session.session_name;
    Status begun = BeginSession(session, CopyOf(*tokens, flow->time.Now()),
                                options->store_file, out);
    if (begun.ok()) tokens.reset();
    return begun;
  });
}

clone_auth_status clone_auth_flow_take_verified_id_token(
    clone_auth_flow* flow, clone_auth_verified_jwt** out,
    clone_auth_error** error) {
  return Fence(error, {Live(flow), Output(out)}, [&] {
    auto& id_token = flow->granted.verified_id_token;
    if (!id_token.has_value()) return Status(Reason::kNotFound);
    *out = new clone_auth_verified_jwt(*std::exchange(id_token, std::nullopt));
    return Status();
  });
}
