#pragma once

// Lists in pages: {"count", "next", "previous", "results"}.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "clone/http.h"
#include "clone/json.h"
#include "service/handlers.h"

namespace clone_auth::service {

struct PageRequest {
  std::size_t number = 1;  ///< 0: no such page
  std::size_t size = 0;
  bool has_size = false;  ///< the request named one

  std::size_t offset() const { return number == 0 ? 0 : (number - 1) * size; }
};

/// Which page the target's query asks for.
PageRequest ReadPage(const std::string& target);

/// The answer where the list of `count` things has no such page.
std::optional<HttpResponse> MissingPage(const PageRequest& page,
                                        std::size_t count);

/// Begins the object of a page, up to its results, which the caller writes as
/// an array. `path` is that of the list.
void BeginPage(const Context& context, std::string_view path,
               const PageRequest& page, std::size_t count, JsonWriter& body);

}  // namespace clone_auth::service
