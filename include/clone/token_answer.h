#pragma once

// What a token endpoint grants (RFC 6749 section 5.1).

#include <string>
#include <string_view>

#include "clone/secret.h"
#include "clone/token_session.h"

namespace clone_auth {

struct TokenAnswer {
  /// `refresh` is empty where none was given, `received_at` when the tokens
  /// were asked for.
  SessionTokens tokens;
  /// What was granted, words with blanks between; empty where that is what was
  /// asked for.
  std::string scope;
  /// A JWT (OpenID Connect Core 1.0 section 3.1.3.3), not verified; empty
  /// where none was given.
  Secret id_token;

  /// The words of `asked_scope` that were not granted, with blanks between.
  std::string Withheld(std::string_view asked_scope) const;
};

}  // namespace clone_auth
