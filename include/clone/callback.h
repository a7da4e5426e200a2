#pragma once

// What a request turned out to be that came to where a browser is to come back
// to: the word between whoever hears it and whoever waits for it.

#include <cstdint>

namespace clone_auth {

enum class Callback : std::uint8_t {
  kStray,   ///< not what is waited for, which is waited for further on
  kCode,    ///< a code to go on with
  kRefusal  ///< the answer, and it is no
};

}  // namespace clone_auth
