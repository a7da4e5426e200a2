#pragma once

// Returns the failure of a Status or Result from the function around it.

#define CLONE_AUTH_CONCAT_INNER(a, b) a##b
#define CLONE_AUTH_CONCAT(a, b) CLONE_AUTH_CONCAT_INNER(a, b)

#define CLONE_AUTH_RETURN_IF_ERROR(expression)        \
  do {                                                \
    if (auto status_ = (expression); !status_.ok()) { \
      return status_;                                 \
    }                                                 \
  } while (false)

#define CLONE_AUTH_ASSIGN_OR_RETURN(declaration, expression)              \
  CLONE_AUTH_ASSIGN_OR_RETURN_INNER(CLONE_AUTH_CONCAT(result_, __LINE__), \
                                    declaration, expression)

#define CLONE_AUTH_ASSIGN_OR_RETURN_INNER(result, declaration, expression) \
  auto result = (expression);                                              \
  if (!result.ok()) return std::move(result).status();                     \
  declaration = std::move(result).value()
