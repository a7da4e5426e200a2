#pragma once

// Returns the failure of a Status or Result from the function around it.

#define CLONE_AUTH_TRY(expression)                          \
  do {                                                      \
    if (auto try_status = (expression); !try_status.ok()) { \
      return try_status;                                    \
    }                                                       \
  } while (false)

#define CLONE_AUTH_TRY_CONCAT_INNER(a, b) a##b
#define CLONE_AUTH_TRY_CONCAT(a, b) CLONE_AUTH_TRY_CONCAT_INNER(a, b)

#define CLONE_AUTH_TRY_ASSIGN(declaration, expression)                      \
  CLONE_AUTH_TRY_ASSIGN_INNER(CLONE_AUTH_TRY_CONCAT(try_result_, __LINE__), \
                              declaration, expression)

#define CLONE_AUTH_TRY_ASSIGN_INNER(result, declaration, expression) \
  auto result = (expression);                                        \
  if (!result.ok()) return std::move(result).status();               \
  declaration = std::move(result).value()
