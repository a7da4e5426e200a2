#pragma once

// What a loopback listener reads of a request, and what it answers. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "clone/loopback_listener.h"

namespace clone_auth {

/// The target of a GET request whose Host is `authority` (RFC 9112 section
/// 3.2): a page of another name that resolves to this machine has that name in
/// there. Empty for any other request, and for what is none.
std::optional<std::string_view> CallbackTarget(std::string_view head,
                                               std::string_view authority);

/// The whole answer. It holds nothing of the request.
std::string CallbackAnswer(Callback callback);

}  // namespace clone_auth
