#include "clone/credential.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/macros.h"
#include "base/url.h"
#include "credential/shape.h"

namespace clone_auth {
namespace {

constexpr std::string_view kBearer = "Bearer ";

constexpr bool IsPrintable(char c) { return c > 0x20 && c < 0x7f; }

Secret BearerValue(const Secret& token) {
  Secret value = Secret::OfSize(kBearer.size() + token.size(), token.reach());
  std::memcpy(value.MutableBytes(), kBearer.data(), kBearer.size());
  std::memcpy(value.MutableBytes() + kBearer.size(), token.Reveal().data(),
              token.size());
  return value;
}

// True if `url` is of `origin` as it is written: what follows the origin ends
// an authority, so no other host can hide behind it.
bool StartsWithOrigin(std::string_view url, std::string_view origin) {
  if (url.size() < origin.size()) return false;
  if (std::memcmp(url.data(), origin.data(), origin.size()) != 0) return false;
  if (url.size() == origin.size()) return true;
  const char next = url[origin.size()];
  return next == '/' || next == '?' || next == '#';
}

void AddOnce(std::vector<std::string>& list, std::string text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) {
    list.push_back(std::move(text));
  }
}

}  // namespace

CredentialShape ShapeOf(std::string_view text, const ApiKeyScheme& scheme) {
  return scheme.Matches(text) ? CredentialShape::kApiKey
                              : CredentialShape::kBearer;
}

Status CheckCredentialText(std::string_view text, CredentialShape shape) {
  if (text.empty()) {
    return Status(Reason::kCredentialMissing, "the credential is empty");
  }
  const std::size_t limit =
      shape == CredentialShape::kApiKey ? kMaxApiKeyBytes : kMaxTokenBytes;
  if (text.size() > limit) {
    return Status(Reason::kCredentialMalformed, "the credential is too long");
  }
  if (!std::all_of(text.begin(), text.end(), IsPrintable)) {
    return Status(Reason::kCredentialMalformed,
                  "the credential holds a blank, a control character or a "
                  "byte beyond ASCII");
  }
  return Status();
}

Result<Credential> Credential::Parse(Secret text, const ApiKeyScheme& scheme) {
  CLONE_AUTH_RETURN_IF_ERROR(scheme.Validate());
  Credential credential;
  credential.shape_ = ShapeOf(text.Reveal(), scheme);
  CLONE_AUTH_RETURN_IF_ERROR(
      CheckCredentialText(text.Reveal(), credential.shape_));
  if (credential.shape_ == CredentialShape::kApiKey) {
    credential.header_name_ = scheme.header;
  } else {
    credential.header_name_ = "Authorization";
    credential.header_value_ = BearerValue(text);
  }
  credential.text_ = std::move(text);
  return credential;
}

Status Credential::BindTo(std::string_view url) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const Url parsed, ParseUrl(url));
  CLONE_AUTH_RETURN_IF_ERROR(RequireSecure(parsed));
  // The origin as most callers write it, and in the one way that holds for
  // all of them.
  std::string origin = parsed.Origin();
  if (parsed.port == (parsed.scheme == "https" ? 443 : 80)) {
    AddOnce(origins_, origin.substr(0, origin.rfind(':')));
  }
  AddOnce(origins_, std::move(origin));
  return Status();
}

Result<CredentialHeader> Credential::HeaderFor(std::string_view /*method*/,
                                               std::string_view url) const {
  CredentialHeader header;
  header.name = header_name_;
  header.value =
      header_value_.empty() ? text_.Reveal() : header_value_.Reveal();
  for (const std::string& origin : origins_) {
    if (StartsWithOrigin(url, origin)) return header;
  }
  CLONE_AUTH_ASSIGN_OR_RETURN(const Url parsed, ParseUrl(url));
  const std::string origin = parsed.Origin();
  if (std::find(origins_.begin(), origins_.end(), origin) == origins_.end()) {
    return Status(Reason::kForeignOrigin);
  }
  return header;
}

}  // namespace clone_auth
