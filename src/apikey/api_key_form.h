#pragma once

// What the text of a key tells by itself. Views and numbers only, so that junk
// is turned away for the price of reading it.

#include <cstdint>
#include <string_view>

#include "clone/api_key.h"
#include "clone/api_key_scheme.h"

namespace clone_auth {

enum class ApiKeyForm : std::uint8_t {
  kMalformed,      ///< no key of this scheme
  kWrongChecksum,  ///< the form of a key, but a character is not the issued one
  kChecked,        ///< a key whose checksum holds
  kUnchecked,      ///< a key of another length: only a store can tell
};

ApiKeyForm ReadApiKeyForm(const ApiKeyScheme& scheme, std::string_view text);

}  // namespace clone_auth
