#include "json/plain_object.h"

namespace clone_auth::internal {

const char* PlainLiteral(const char* at, const char* end) {
  const std::string_view rest(at, static_cast<std::size_t>(end - at));
  for (const std::string_view word : {"true", "false", "null"}) {
    if (rest.substr(0, word.size()) == word) return at + word.size();
  }
  return nullptr;
}

}  // namespace clone_auth::internal
