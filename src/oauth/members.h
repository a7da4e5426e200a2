#pragma once

// The members of what an authorization server writes, where null counts as not
// said. Pure.

#include <string>

#include "clone/json.h"
#include "clone/status.h"

namespace clone_auth {

/// The member of that name; null where there is none or it is null.
inline const JsonValue* FindGiven(const JsonValue& json, const char* name) {
  const JsonValue* value = json.Find(name);
  return value == nullptr || value->IsNull() ? nullptr : value;
}

/// answer_malformed, of that member of `document`, such as "the metadata".
inline Status OfAnotherType(const char* document, const char* name) {
  return Status(Reason::kAnswerMalformed,
                std::string(document) + "'s '" + name + "' is malformed");
}

/// Leaves `text` as it is where there is none. Error: OfAnotherType.
inline Status ReadText(const JsonValue& json, const char* document,
                       const char* name, std::string& text) {
  const JsonValue* value = FindGiven(json, name);
  if (value == nullptr) return Status();
  const std::string* found = value->AsString();
  if (found == nullptr) return OfAnotherType(document, name);
  text = *found;
  return Status();
}

}  // namespace clone_auth
