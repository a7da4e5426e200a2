#pragma once

// What each fault does, as the three moments at which it can: in place of the
// answer, to the tokens that are given, to how the answer is delivered.

#include <cstdint>
#include <string>
#include <string_view>

#include "clone/clock.h"
#include "clone/http.h"
#include "clone/testing/adversarial_auth_server.h"
#include "clone/testing/fault.h"
#include "testing/answers.h"

namespace clone_auth::testing {

/// How the tokens of an answer depart from what is right.
struct TokenTwist {
  bool is_same_access = false;
  bool is_foreign = false;
  bool is_expired = false;
  bool keeps_refresh = false;
};

/// What a fault's answer is made of.
struct TroubleScene {
  Dialect dialect = Dialect::kRest;
  std::string elsewhere;  ///< base URL of another origin
  std::string path;       ///< that was asked for
};

struct Trouble {
  FaultKind kind;
  /// Null where the request is carried out.
  HttpResponse (*instead)(const TroubleScene& scene, std::int64_t value);
  /// Null where the tokens are as they should be.
  bool TokenTwist::*twist;
  /// Null where the answer is delivered as it is.
  void (*deliver)(Delivery& delivery, std::int64_t value, WallTime now);
};

/// The row for `kind`.
const Trouble& TroubleOf(FaultKind kind);

/// The path at `elsewhere` that redirects lead to begins with this.
inline constexpr std::string_view kElsewherePath = "/elsewhere";

}  // namespace clone_auth::testing
