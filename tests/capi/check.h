#pragma once

/* What the C programs of this folder test with. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clone/c.h"

/* Ends the program where `condition` does not hold. */
#define CHECK(condition)                                              \
  do {                                                                \
    if (!(condition)) {                                               \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                        \
    }                                                                 \
  } while (0)

/* Ends the program where `call`, which has `&error`, is refused. */
#define MUST(call)                                                  \
  do {                                                              \
    clone_auth_error* error = NULL;                                 \
    if ((call) != CLONE_AUTH_OK) {                                  \
      fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, \
              clone_auth_error_message(error));                     \
      exit(1);                                                      \
    }                                                               \
    CHECK(error == NULL);                                           \
  } while (0)

/* Ends the program where `call` is not refused for this reason. */
#define REFUSED(call, code, reason)                               \
  do {                                                            \
    clone_auth_error* error = NULL;                               \
    CHECK((call) == (code));                                      \
    CHECK(clone_auth_error_code(error) == (code));                \
    CHECK(strcmp(clone_auth_error_reason(error), (reason)) == 0); \
    CHECK(clone_auth_error_message(error)[0] != '\0');            \
    CHECK(clone_auth_error_remedy(error)[0] != '\0');             \
    clone_auth_error_free(error);                                 \
  } while (0)

#define TEXT(literal) (literal), strlen(literal)

/* True if the string holds this text; ends the string. */
static inline int take_equals(clone_auth_string* string, const char* expected) {
  const int same =
      clone_auth_string_size(string) == strlen(expected) &&
      memcmp(clone_auth_string_data(string), expected, strlen(expected)) == 0;
  clone_auth_string_free(string);
  return same;
}

static inline clone_auth_clock* clock_at(int64_t seconds) {
  clone_auth_clock* clock = NULL;
  MUST(clone_auth_clock_create_fixed(seconds, &clock, &error));
  return clock;
}
