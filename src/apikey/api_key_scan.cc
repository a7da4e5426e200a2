#include "clone/api_key_scan.h"

#include <string.h>

#include <algorithm>
#include <utility>

#include "apikey/api_key_form.h"
#include "base/macros.h"
#include "clone/api_key.h"

namespace clone_auth {
namespace {

// std::string_view::find looks for the first letter alone, and that is a
// common one.
const char* Find(const char* from, const char* end, std::string_view word) {
  return static_cast<const char*>(memmem(
      from, static_cast<std::size_t>(end - from), word.data(), word.size()));
}

}  // namespace

ApiKeyScanner::ApiKeyScanner(ApiKeyScheme scheme, Found found)
    : scheme_(std::move(scheme)),
      found_(std::move(found)),
      key_size_(scheme_.prefix.size() + kApiKeyBodySize) {
  open_.reserve(2 * key_size_);
}

Result<ApiKeyScanner> ApiKeyScanner::Create(ApiKeyScheme scheme, Found found) {
  CLONE_AUTH_RETURN_IF_ERROR(scheme.Validate());
  if (found == nullptr) {
    return Status(Reason::kInvalidArgument,
                  "a scanner needs somebody to tell what it finds");
  }
  return ApiKeyScanner(std::move(scheme), std::move(found));
}

void ApiKeyScanner::Restart() {
  open_.clear();
  offset_ = 0;
  line_ = 1;
  line_start_ = 0;
}

void ApiKeyScanner::Feed(std::string_view piece) {
  if (!open_.empty()) {
    const std::size_t before = open_.size();
    open_.append(piece.substr(0, key_size_ - 1));
    if (open_.size() < key_size_) return;
    const std::size_t starts = std::min(before, open_.size() - key_size_ + 1);
    Search(open_, starts);
    if (starts < before) {
      // The piece was short, and all of it is in here.
      open_.erase(0, starts);
      return;
    }
  }
  const std::size_t starts =
      piece.size() < key_size_ ? 0 : piece.size() - key_size_ + 1;
  Search(piece, starts);
  open_.assign(piece.substr(starts));
}

// Finds the keys that begin with one of the first `starts` characters, and
// passes these.
void ApiKeyScanner::Search(std::string_view text, std::size_t starts) {
  if (starts == 0) return;
  const std::size_t last_size = scheme_.prefix.size() - 1;
  const char* const end = text.data() + starts + last_size;
  const char* passed = text.data();
  for (const char* at = passed; (at = Find(at, end, scheme_.prefix)) != nullptr;
       ++at) {
    const std::string_view key(at, key_size_);
    if (ReadApiKeyForm(scheme_, key) != ApiKeyForm::kChecked) continue;
    Pass({passed, static_cast<std::size_t>(at - passed)});
    passed = at;
    FoundApiKey found;
    found.offset = offset_;
    found.line = line_;
    found.column = offset_ - line_start_ + 1;
    found.display_prefix = key.substr(0, last_size + 2 + kApiKeyIdSize);
    found_(found);
  }
  Pass({passed, static_cast<std::size_t>(text.data() + starts - passed)});
}

void ApiKeyScanner::Pass(std::string_view text) {
  for (std::size_t at = 0; (at = text.find('\n', at)) != text.npos;) {
    ++at;
    ++line_;
    line_start_ = offset_ + at;
  }
  offset_ += text.size();
}

}  // namespace clone_auth
