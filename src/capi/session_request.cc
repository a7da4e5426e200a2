#include "capi/session.h"

using clone_auth::HttpHeader;
using clone_auth::Status;
using clone_auth::capi::Fence;
using clone_auth::capi::Free;
using clone_auth::capi::Give;
using clone_auth::capi::Live;
using clone_auth::capi::Output;

clone_auth_status clone_auth_session_request_attempt(
    const clone_auth_session_request* request, int64_t* out,
    clone_auth_error** error) {
  return Fence(error, {Live(request), Output(out)}, [&] {
    *out = static_cast<int64_t>(request->send.attempt);
    return Status();
  });
}

clone_auth_status clone_auth_session_request_method(
    const clone_auth_session_request* request, clone_auth_string** out,
    clone_auth_error** error) {
  return Fence(error, {Live(request), Output(out)},
               [&] { return Give(request->send.request.method, out); });
}

clone_auth_status clone_auth_session_request_url(
    const clone_auth_session_request* request, clone_auth_string** out,
    clone_auth_error** error) {
  return Fence(error, {Live(request), Output(out)},
               [&] { return Give(request->send.request.target, out); });
}

clone_auth_status clone_auth_session_request_header_count(
    const clone_auth_session_request* request, size_t* out,
    clone_auth_error** error) {
  return Fence(error, {Live(request), Output(out)}, [&] {
    *out = request->send.request.headers.size();
    return Status();
  });
}

clone_auth_status clone_auth_session_request_header(
    const clone_auth_session_request* request, size_t index,
    clone_auth_string** out, clone_auth_error** error) {
  const bool exists =
      Live(request) && index < request->send.request.headers.size();
  return Fence(error, {Live(request), exists, Output(out)}, [&] {
    const HttpHeader& field =
        request->send.request.headers.begin()[static_cast<ptrdiff_t>(index)];
    return Give(field.name + ": " + field.value, out);
  });
}

clone_auth_status clone_auth_session_request_body(
    const clone_auth_session_request* request, clone_auth_string** out,
    clone_auth_error** error) {
  return Fence(error, {Live(request), Output(out)},
               [&] { return Give(request->send.request.body, out); });
}

void clone_auth_session_request_free(clone_auth_session_request* request) {
  Free(request);
}
