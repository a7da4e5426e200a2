#include "capi/session.h"

#include <type_traits>
#include <variant>

#include "capi/exchange.h"

using clone_auth::DurableSession;
using clone_auth::Reason;
using clone_auth::Status;
using clone_auth::TokenSession;
using clone_auth::WallTime;
using clone_auth::capi::Fence;
using clone_auth::capi::Free;
using clone_auth::capi::Live;
using clone_auth::capi::NanosecondsTo;
using clone_auth::capi::Output;
using clone_auth::capi::ReportedAnswer;
using clone_auth::capi::SecondsOf;
using clone_auth::capi::ShortText;
using clone_auth::capi::Text;
using clone_auth::capi::View;

namespace {

using Step = DurableSession::Step;

// From READY on, in the order of the alternatives of a step.
static_assert(
    std::is_same_v<std::variant_alternative_t<CLONE_AUTH_STEP_SEND, Step>,
                   TokenSession::Send>);
static_assert(
    std::is_same_v<std::variant_alternative_t<CLONE_AUTH_STEP_WAIT, Step>,
                   TokenSession::WaitUntil>);
static_assert(
    std::is_same_v<std::variant_alternative_t<CLONE_AUTH_STEP_ENDED, Step>,
                   TokenSession::Ended>);

// Asks for the next step and writes it out. What that takes is allocated first:
// an attempt that has begun must reach somebody, or nobody is given another.
Status GiveStep(DurableSession& durable, Step (DurableSession::*ask)(),
                int* kind, int64_t* wait_ns,
                clone_auth_session_request** request) {
  auto made = std::make_unique<clone_auth_session_request>();
  Step step = (durable.*ask)();
  const WallTime now = durable.Now();
  if (auto* send = std::get_if<TokenSession::Send>(&step)) {
    made->send = std::move(*send);
    *request = made.release();
  } else if (const auto* ready = std::get_if<TokenSession::Ready>(&step)) {
    *wait_ns = NanosecondsTo(ready->until, now);
  } else if (const auto* wait = std::get_if<TokenSession::WaitUntil>(&step)) {
    *wait_ns = NanosecondsTo(wait->until, now);
  }
  *kind = static_cast<int>(step.index());
  return Status();
}

// OK, or a failure of the session's own as the call's.
clone_auth_status GiveFailure(const clone_auth_session* session,
                              clone_auth_error** error,
                              Status (*failure)(const DurableSession&)) {
  return Fence(error, {Live(session)},
               [&] { return failure(*session->durable); });
}

}  // namespace

clone_auth_status clone_auth_session_poll(clone_auth_session* session,
                                          int* step, int64_t* wait_ns,
                                          clone_auth_session_request** request,
                                          clone_auth_error** error) {
  return Fence(error,
               {Live(session), Output(step), Output(wait_ns), Output(request)},
               [&] {
                 return GiveStep(*session->durable, &DurableSession::Poll, step,
                                 wait_ns, request);
               });
}

clone_auth_status clone_auth_session_start(clone_auth_session* session,
                                           int* step, int64_t* wait_ns,
                                           clone_auth_session_request** request,
                                           clone_auth_error** error) {
  return Fence(error,
               {Live(session), Output(step), Output(wait_ns), Output(request)},
               [&] {
                 return GiveStep(*session->durable, &DurableSession::Start,
                                 step, wait_ns, request);
               });
}

clone_auth_status clone_auth_session_complete(
    clone_auth_session* session, int64_t attempt, int status,
    const char* headers, size_t headers_size, const char* body,
    size_t body_size, clone_auth_error** error) {
  return Fence(error,
               {Live(session), true, true, Text(headers, headers_size),
                Text(body, body_size)},
               [&] {
                 const ReportedAnswer answer(status,
                                             View(headers, headers_size),
                                             View(body, body_size));
                 session->durable->Complete(static_cast<uint64_t>(attempt),
                                            answer.outcome());
                 return Status();
               });
}

clone_auth_status clone_auth_session_fail(clone_auth_session* session,
                                          int64_t attempt,
                                          clone_auth_error** error) {
  return Fence(error, {Live(session)}, [&] {
    session->durable->Complete(static_cast<uint64_t>(attempt),
                               Status(Reason::kUnreachable));
    return Status();
  });
}

clone_auth_status clone_auth_session_header(
    const clone_auth_session* session, const char* method, size_t method_size,
    const char* url, size_t url_size, clone_auth_string** name,
    clone_auth_string** value, int64_t* generation, clone_auth_error** error) {
  return Fence(
      error,
      {Live(session), ShortText(method, method_size), ShortText(url, url_size),
       Output(name), Output(value), Output(generation)},
      [&] {
        const auto header = session->durable->HeaderFor(
            View(method, method_size), View(url, url_size));
        if (!header.ok()) return header.status();
        auto made = std::make_unique<clone_auth_string>(header->name);
        *value = new clone_auth_string(header->value);
        *name = made.release();
        *generation = static_cast<int64_t>(header->generation);
        return Status();
      });
}

clone_auth_status clone_auth_session_invalidate(clone_auth_session* session,
                                                int64_t generation,
                                                clone_auth_error** error) {
  return Fence(error, {Live(session)}, [&] {
    session->durable->Invalidate(static_cast<uint64_t>(generation));
    return Status();
  });
}

clone_auth_status clone_auth_session_health(const clone_auth_session* session,
                                            int* health, int64_t* expires_at,
                                            clone_auth_error** error) {
  return Fence(error, {Live(session), Output(health), Output(expires_at)}, [&] {
    const DurableSession& durable = *session->durable;
    *health = static_cast<int>(durable.health());
    *expires_at = SecondsOf(durable.session().expires_at());
    return Status();
  });
}

clone_auth_status clone_auth_session_take_event(
    clone_auth_session* session, int* event, int* health, int64_t* at,
    int64_t* expires_at, const char** reason, clone_auth_error** error) {
  return Fence(error,
               {Live(session), Output(event), Output(health), Output(at),
                Output(expires_at), Output(reason)},
               [&] {
                 const auto taken = session->durable->session().TakeEvent();
                 if (!taken) return Status(Reason::kNotFound);
                 *event = static_cast<int>(taken->kind);
                 *health = static_cast<int>(taken->health);
                 *at = SecondsOf(taken->at);
                 *expires_at = SecondsOf(taken->until);
                 *reason = taken->why.ok() ? "" : taken->why.word().data();
                 return Status();
               });
}

clone_auth_status clone_auth_session_last_error(
    const clone_auth_session* session, clone_auth_error** error) {
  return GiveFailure(session, error, [](const DurableSession& durable) {
    return durable.session().last_error();
  });
}

clone_auth_status clone_auth_session_store_error(
    const clone_auth_session* session, clone_auth_error** error) {
  return GiveFailure(session, error, [](const DurableSession& durable) {
    return durable.store_error();
  });
}

void clone_auth_session_free(clone_auth_session* session) { Free(session); }
