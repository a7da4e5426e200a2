// A token as it arrives, whoever made it, in front of verifiers that know a
// key of every algorithm.

#include "jwt/compact.h"
#include "fuzz/keys.h"
#include "fuzz/target.h"

namespace clone_auth::fuzz {

void Run(std::string_view input) {
  if (const auto parts = SplitCompact(input); parts.ok()) {
    Require(parts->header.size() + parts->payload.size() +
                    parts->signature.size() + 2 ==
                input.size(),
            "the parts and two dots are the whole token");
  }
  CheckToken(input);
}

}  // namespace clone_auth::fuzz
