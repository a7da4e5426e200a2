#pragma once

// Which request goes to which handler: one table, walked for each request.

#include <array>
#include <string_view>

#include "clone/uuid.h"
#include "service/handlers.h"

namespace clone_auth::service {

/// Where a handler runs.
enum class Lane : std::uint8_t {
  kInline,    ///< in the caller's thread: reads memory only
  kStore,     ///< on the store's threads: reads or writes the disk
  kPassword,  ///< on the password threads: may hash one
};

struct Operation {
  std::string_view method;  ///< empty: no operation
  Lane lane = Lane::kInline;
  Handler handler = nullptr;
};

struct Endpoint {
  std::string_view path;  ///< without the slash at its end
  bool has_id;            ///< a UUID follows
  bool needs_credential;
  std::string_view allow;  ///< the header's value
  std::array<Operation, 2> operations;
  std::string_view suffix = {};  ///< follows the UUID
  /// Asked by reverse proxies about somebody else's request: its first
  /// operation serves every method, OPTIONS too, as some keep the one of that
  /// request.
  bool for_proxies = false;
  /// Where its key stands, if that is no header. An imported one is adopted
  /// before the handler runs.
  KeyReader key_in_body = nullptr;

  /// The operation for `method`, where HEAD stands for GET; null where there
  /// is none.
  const Operation* Find(std::string_view method) const;
};

struct Match {
  const Endpoint* endpoint = nullptr;  ///< null: unknown path
  Uuid id;
};

/// `target` is path and query, as received; the path is taken as it is
/// written, and a slash at its end makes no difference.
Match FindEndpoint(std::string_view target);

}  // namespace clone_auth::service
