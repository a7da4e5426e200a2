#include "admin_request.h"

#include "support/times.h"

namespace auth_server {

using clone_auth::JsonValue;
using clone_auth::JsonWriter;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Status;
using clone_auth::WallTime;

Result<std::string> TextOf(const JsonValue& request, const char* name) {
  const std::string* text = request.FindString(name);
  if (text != nullptr) return *text;
  return Status(Reason::kInvalidArgument,
                std::string("The request has no '") + name + "'.");
}

Result<std::string> PathOf(const JsonValue& request) {
  auto file = TextOf(request, "file");
  // A relative path would mean the server's folder, not the caller's.
  if (file.ok() && (file->empty() || file->front() != '/')) {
    return Status(Reason::kInvalidArgument, "The path is not absolute.");
  }
  return file;
}

void WriteTime(const char* name, const std::optional<WallTime>& time,
               JsonWriter& json) {
  json.Name(name);
  if (time.has_value()) {
    json.String(console::TimeForPrograms(*time));
  } else {
    json.Null();
  }
}

}  // namespace auth_server
