#include "oauth/device_codes.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>

#include "base/macros.h"
#include "credential/token_answer.h"
#include "jwt/issuer_metadata.h"

namespace clone_auth {
namespace {

constexpr std::size_t kMaxUserCode = 64;

Status Malformed(const char* what) {
  return Status(Reason::kAnswerMalformed,
                std::string("the answer to a device ") + what);
}

// A terminal obeys control characters, and letters of other scripts look like
// ours.
bool IsUserCode(const std::string& text) {
  return !text.empty() && text.size() <= kMaxUserCode &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= 0x20 && c <= 0x7e; });
}

// The first of these names that is a text, or none. Some servers write `url`
// for `uri`.
std::string TextOf(const JsonValue& json,
                   std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const std::string* text = json.FindString(name)) return *text;
  }
  return {};
}

std::chrono::seconds IntervalOf(const JsonValue& json) {
  constexpr std::int64_t kDefault = 5;
  constexpr std::int64_t kMost = 300;
  const JsonValue* value = json.Find("interval");
  const std::int64_t* count = value == nullptr ? nullptr : value->AsInt();
  const bool is_sensible = count != nullptr && *count > 0;
  return std::chrono::seconds(is_sensible ? std::min(*count, kMost) : kDefault);
}

}  // namespace

Result<DeviceCodes> ReadDeviceCodes(const JsonValue& json,
                                    std::string_view issuer,
                                    WallTime asked_at) {
  DeviceCodes codes;
  codes.device_code = Secret::CopyOf(TextOf(json, {"device_code"}));
  if (codes.device_code.empty()) return Malformed("has no device code");
  DevicePrompt& prompt = codes.prompt;
  prompt.user_code = TextOf(json, {"user_code"});
  if (!IsUserCode(prompt.user_code)) {
    return Malformed("has no code that can be shown");
  }
  prompt.verification_uri =
      TextOf(json, {"verification_uri", "verification_url"});
  CLONE_AUTH_RETURN_IF_ERROR(CheckNamedUrl(prompt.verification_uri, issuer));
  prompt.verification_uri_complete =
      TextOf(json, {"verification_uri_complete", "verification_url_complete"});
  if (!prompt.verification_uri_complete.empty()) {
    CLONE_AUTH_RETURN_IF_ERROR(
        CheckNamedUrl(prompt.verification_uri_complete, issuer));
  }
  const auto lifetime = FindSeconds(json, "expires_in");
  if (!lifetime) return Malformed("has no lifetime");
  prompt.expires_at = asked_at + *lifetime;
  codes.interval = IntervalOf(json);
  return codes;
}

}  // namespace clone_auth
