#include "service/media_type.h"

#include <string>

#include "absl/strings/ascii.h"

namespace clone_auth::service {

bool HasMediaType(const HttpRequest& request, std::string_view type) {
  const std::string* field = request.headers.Find("Content-Type");
  if (field == nullptr) return false;
  const std::string found(
      absl::StripAsciiWhitespace(field->substr(0, field->find(';'))));
  return EqualsIgnoreAsciiCase(found, type);
}

}  // namespace clone_auth::service
