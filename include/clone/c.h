#pragma once

// The C interface of libclone_auth.so, for C and for every language that calls
// C. C99 and C++98; it needs nothing else of ours.
//
// Conventions:
// - What can fail is `clone_auth_status f(..., T** out, clone_auth_error**
//   error)`. Anything but CLONE_AUTH_OK is a refusal, and then *out is NULL
//   (numbers: 0). `error` may be NULL; else *error is NULL after success and
//   after a failure an error to be freed, or NULL where memory ran out.
// - Every function can give invalid_argument (INVALID_ARGUMENT), for a pointer
//   that is NULL, a handle of another type, an impossible size or a number out
//   of range, and internal (INTERNAL), for want of memory. The comments name
//   what comes on top as "code: reason word".
// - Handles are opaque, made by `..._create` and the like, and ended by
//   `X_free`, which takes NULL. *Shared*: usable by many threads at once, as
//   long as it lives. *Owned*: by one thread at a time. What a handle was made
//   of may be freed before it.
// - Text goes in as pointer and size: it needs no NUL at its end, is read
//   during the call only and may hold any byte; the pointer is never NULL,
//   the size may be 0. Short texts (names, ids, URLs) have at most 64 KiB.
//   Text comes out as a clone_auth_string, which is wiped when it is freed.
// - Times are whole seconds since 1970-01-01 00:00:00 UTC, from 0 to
//   CLONE_AUTH_TIME_MAX.
// - A table of callbacks begins with `struct_size`, the sizeof of its type. It
//   is copied. `destroy` is called exactly once, when nothing needs
//   `user_data` any more, also where the call that was given the table failed.
//   Only a table of unknown size is left alone. What a callback returns may
//   only refuse; what it grants it must write. Callbacks come on the thread of
//   the call that needs them and may call any function here. They must return:
//   longjmp() out of one is undefined, an exception is a failure.
// - A freed handle must not be used. A handle of another type is always
//   refused, a freed one as long as its memory was not used again; address
//   sanitizer stops at it.
// - No global state, no initialisation, no thread, no socket; errno and the
//   locale stay as they were. A forked child may go on using every handle;
//   c_session.h and c_oauth.h say what that means for theirs.

#include "clone/c_api_key.h"
#include "clone/c_base.h"
#include "clone/c_credential.h"
#include "clone/c_jwt.h"
#include "clone/c_jwt_signing.h"
#include "clone/c_key_sealer.h"
#include "clone/c_key_store.h"
#include "clone/c_oauth.h"
#include "clone/c_session.h"
