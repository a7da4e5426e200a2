// The readers of JSON, and the writer.

#include <string>

#include "fuzz/target.h"
#include "fuzz/tree.h"
#include "json/plain_object.h"
#include "json/reader.h"

namespace clone_auth::fuzz {
namespace {

void CheckSlice(const JsonSlice& slice, const JsonValue& value) {
  const auto parsed = JsonValue::Parse(slice.text);
  Require(parsed.ok() && Equal(*parsed, value),
          "the reader's slice is the text of the value");
  std::string storage;
  if (slice.IsString()) {
    Require(slice.String(storage) == *value.AsString(),
            "the reader reads the same string");
  }
}

// The reader refuses late: whatever it showed before does not count.
void CheckReader(std::string_view text, const Result<JsonValue>& tree,
                 const JsonLimits& limits) {
  JsonReader reader(text, limits);
  while (reader.Next()) continue;
  const bool compound =
      tree.ok() && (tree->AsObject() != nullptr || tree->AsArray() != nullptr);
  Require(reader.status().ok() == compound,
          "the reader takes the objects and arrays that the tree takes");
  if (!compound) return;
  JsonReader again(text, limits);
  std::size_t count = 0;
  for (; again.Next(); ++count) {
    if (const auto* members = tree->AsObject()) {
      Require(count < members->size() && (*members)[count].name == again.name(),
              "the reader reads the same names");
      CheckSlice(again.value(), (*members)[count].value);
    } else {
      Require(count < tree->AsArray()->size(), "the reader reads no item more");
      CheckSlice(again.value(), (*tree->AsArray())[count]);
    }
  }
  Require(count == (again.is_object() ? tree->AsObject()->size()
                                      : tree->AsArray()->size()),
          "the reader reads every member");
}

// It may leave anything to the reader, but takes nothing that it does not.
void CheckPlainObject(std::string_view text, const Result<JsonValue>& tree) {
  const JsonValue::Object* members = tree.ok() ? tree->AsObject() : nullptr;
  std::size_t count = 0;
  bool same = true;
  const bool taken =
      ReadPlainObject(text, [&](std::string_view name, const JsonSlice& value) {
        same &= members != nullptr && count < members->size() &&
                (*members)[count].name == name &&
                JsonValue::Parse(value.text).ok();
        ++count;
      });
  if (!taken) return;
  Require(same && members != nullptr && count == members->size(),
          "what is taken for a plain object has the members of the tree");
}

}  // namespace

void Run(std::string_view input) {
  const JsonLimits limits{16 * 1024, 32};
  const auto tree = JsonValue::Parse(input, limits);
  CheckReader(input, tree, limits);
  CheckPlainObject(input, tree);
  if (!tree.ok()) return;
  const auto again = JsonValue::Parse(Write(*tree));
  Require(again.ok(), "what the writer writes can be read");
  Require(Equal(*tree, *again), "what the writer writes says the same");
}

}  // namespace clone_auth::fuzz
