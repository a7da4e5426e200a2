#pragma once

// Part of clone/c.h, which has the conventions: status, error, string, the
// table of reasons, clocks and the version.

#include <stddef.h>
#include <stdint.h>

#define CLONE_AUTH_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

/// What to do about a failure. The numbers are those of gRPC and abseil.
typedef int clone_auth_status;
enum {
  CLONE_AUTH_OK = 0,
  CLONE_AUTH_UNKNOWN = 2,
  CLONE_AUTH_INVALID_ARGUMENT = 3,
  CLONE_AUTH_DEADLINE_EXCEEDED = 4,
  CLONE_AUTH_NOT_FOUND = 5,
  CLONE_AUTH_ALREADY_EXISTS = 6,
  CLONE_AUTH_PERMISSION_DENIED = 7,
  CLONE_AUTH_RESOURCE_EXHAUSTED = 8,
  CLONE_AUTH_FAILED_PRECONDITION = 9,
  CLONE_AUTH_ABORTED = 10,
  CLONE_AUTH_UNIMPLEMENTED = 12,
  CLONE_AUTH_INTERNAL = 13,
  CLONE_AUTH_UNAVAILABLE = 14,
  CLONE_AUTH_UNAUTHENTICATED = 16
};

/// The number in the library's file name; it changes when a program that was
/// built before would no longer work.
#define CLONE_AUTH_ABI 0
/// 2262-04-11, the last second that the library's clocks reach.
#define CLONE_AUTH_TIME_MAX INT64_C(9223372036)

typedef struct clone_auth_error clone_auth_error;    ///< owned
typedef struct clone_auth_string clone_auth_string;  ///< shared
typedef struct clone_auth_clock clone_auth_clock;    ///< shared

/// The library's version, such as "0.1.0". Static text. Thread: any. No
/// errors. history: since 0.1
CLONE_AUTH_API const char* clone_auth_version(void);

/// The library's CLONE_AUTH_ABI. Thread: any. No errors. history: since 0.1
CLONE_AUTH_API int clone_auth_abi(void);

/// The failure's code; INVALID_ARGUMENT for NULL. Thread: the error's. No
/// errors. history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_error_code(const clone_auth_error* error);

/// The reason's stable word, such as "token_expired"; "" for NULL. Static
/// text. Thread: the error's. No errors. history: since 0.1
CLONE_AUTH_API const char* clone_auth_error_reason(
    const clone_auth_error* error);

/// One line: what was wrong; "" for NULL. Never holds a secret. Lives as long
/// as the error. Thread: the error's. No errors. history: since 0.1
CLONE_AUTH_API const char* clone_auth_error_message(
    const clone_auth_error* error);

/// One sentence: what to do next; "" for NULL. Static text. Thread: the
/// error's. No errors. history: since 0.1
CLONE_AUTH_API const char* clone_auth_error_remedy(
    const clone_auth_error* error);

/// Ends the error. Takes NULL. Thread: the error's. history: since 0.1
CLONE_AUTH_API void clone_auth_error_free(clone_auth_error* error);

/// The bytes, with a NUL behind the last one; "" for NULL. They live as long
/// as the string. Thread: any. No errors. history: since 0.1
CLONE_AUTH_API const char* clone_auth_string_data(
    const clone_auth_string* string);

/// How many bytes, without that NUL; 0 for NULL. Thread: any. No errors.
/// history: since 0.1
CLONE_AUTH_API size_t clone_auth_string_size(const clone_auth_string* string);

/// Wipes and ends the string. Takes NULL. Thread: any, once. history: since
/// 0.1
CLONE_AUTH_API void clone_auth_string_free(clone_auth_string* string);

/// How many reasons there are. Thread: any. No errors. history: since 0.1
CLONE_AUTH_API size_t clone_auth_reason_count(void);

/// One row of the table of reasons: the code that comes with it, its word,
/// what happened, what to do next. The texts are static and end with NUL.
/// Thread: any. Errors: INVALID_ARGUMENT: invalid_argument (`index` is not
/// below the count). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_reason_at(
    size_t index, clone_auth_status* code, const char** word, const char** text,
    const char** remedy, clone_auth_error** error);

/// Where a verifier takes the time from instead of the system's clock.
typedef struct clone_auth_clock_callbacks {
  size_t struct_size;
  void* user_data;
  /// Writes the time, which starts as -1. A status other than OK, or nothing
  /// written, fails the verification that asked (INTERNAL: internal). Called
  /// by many threads at once.
  clone_auth_status (*now)(void* user_data, int64_t* unix_seconds);
  void (*destroy)(void* user_data);  ///< may be NULL
} clone_auth_clock_callbacks;

/// A clock that asks the callbacks. *out is the caller's. Thread: any. Errors:
/// INVALID_ARGUMENT: invalid_argument (table of unknown size, no `now`).
/// history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_clock_create(const clone_auth_clock_callbacks* callbacks,
                        clone_auth_clock** out, clone_auth_error** error);

/// A clock that stands still, for tests. *out is the caller's. Thread: any.
/// Errors: INVALID_ARGUMENT: invalid_argument (time out of range). history:
/// since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_clock_create_fixed(
    int64_t unix_seconds, clone_auth_clock** out, clone_auth_error** error);

/// Ends the handle; who uses the clock keeps it. Takes NULL. Thread: any, once.
/// history: since 0.1
CLONE_AUTH_API void clone_auth_clock_free(clone_auth_clock* clock);

#ifdef __cplusplus
}
#endif
