#pragma once

/* Good arguments, for calls in which one is bad. */

#include "check.h"

struct good_arguments {
  clone_auth_error* error;
  clone_auth_string* string;
  clone_auth_clock* clock;
  clone_auth_scheme* scheme;
  clone_auth_credential* credential;
  clone_auth_api_key* api_key;
  clone_auth_sealer_options* sealer_options;
  clone_auth_sealer* sealer;
  clone_auth_key_record* key_record;
  clone_auth_key_answer* key_answer;
  clone_auth_key_store* key_store;
  clone_auth_key_verifier_options* key_verifier_options;
  clone_auth_key_verifier* key_verifier;
  clone_auth_verified_key* verified_key;
  clone_auth_jwk_set* jwk_set;
  clone_auth_jwt_policy* jwt_policy;
  clone_auth_jwt_verifier* jwt_verifier;
  clone_auth_verified_jwt* verified_jwt;
  clone_auth_jwt_signing_key* jwt_signing_key;
  clone_auth_jwt_signer* jwt_signer;
  clone_auth_session_options* session_options;
  clone_auth_session* session;
  clone_auth_session_request* session_request;
  clone_auth_flow* flow;
  clone_auth_sign_in_options* sign_in_options;
  clone_auth_clock_callbacks clock_callbacks;
  clone_auth_key_store_callbacks key_store_callbacks;
  const char* text;
  const unsigned char* digest;
  unsigned char* buffer;
  void* other; /* an error: a handle that no other function takes */
};

/* Ends the program where a call that must be refused was not. */
void judge(const char* what, clone_auth_status status, clone_auth_error* error,
           int refused);

/* Written by make_bad_calls.py. */
void make_bad_calls(const struct good_arguments* with);
