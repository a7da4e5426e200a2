#include "fuzz/tree.h"

#include <algorithm>

namespace clone_auth::fuzz {
namespace {

// Two pointers to what two values hold, at most one of which is null.
template <typename T>
bool Same(const T* a, const T* b) {
  return a != nullptr && b != nullptr && *a == *b;
}

bool SameItems(const JsonValue::Array& a, const JsonValue::Array& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), Equal);
}

bool SameMembers(const JsonValue::Object& a, const JsonValue::Object& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const JsonMember& x, const JsonMember& y) {
                      return x.name == y.name && Equal(x.value, y.value);
                    });
}

}  // namespace

bool Equal(const JsonValue& a, const JsonValue& b) {
  if (a.AsArray() != nullptr && b.AsArray() != nullptr) {
    return SameItems(*a.AsArray(), *b.AsArray());
  }
  if (a.AsObject() != nullptr && b.AsObject() != nullptr) {
    return SameMembers(*a.AsObject(), *b.AsObject());
  }
  if (a.AsInt() != nullptr && b.AsInt() != nullptr) {
    return *a.AsInt() == *b.AsInt();
  }
  if (a.AsNumber().has_value()) return a.AsNumber() == b.AsNumber();
  return (a.IsNull() && b.IsNull()) || Same(a.AsBool(), b.AsBool()) ||
         Same(a.AsString(), b.AsString());
}

}  // namespace clone_auth::fuzz
