#include "service/options.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

#include "service/try.h"

namespace clone_auth::service {
namespace {

// Added to any time of this century it is still one that can be written.
constexpr std::chrono::hours kLongestLife{24 * 3650};

constexpr std::chrono::minutes kLongestExchanged{15};

Status Bad(std::string message) {
  return Status(Reason::kInvalidArgument, std::move(message));
}

/// What stands behind "http://" or "https://"; empty where neither does.
std::string_view BehindScheme(std::string_view url) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (url.substr(0, scheme.size()) == scheme) {
      return url.substr(scheme.size());
    }
  }
  return {};
}

bool IsUrl(std::string_view url) {
  const std::string_view rest = BehindScheme(url);
  return !rest.empty() && rest.front() != '/' &&
         rest.find_first_of("?#@\\\"<>") == std::string_view::npos &&
         std::all_of(rest.begin(), rest.end(),
                     [](char c) { return c > ' ' && c <= '~'; });
}

// As a browser sends it: nothing behind the port, and in lower case.
bool IsOrigin(std::string_view url) {
  return IsUrl(url) && BehindScheme(url).find('/') == std::string_view::npos &&
         std::none_of(url.begin(), url.end(),
                      [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

Status CheckOptions(const ServiceOptions& options) {
  CLONE_AUTH_TRY(options.scheme.Validate());
  if (!IsUrl(options.issuer)) {
    return Bad("The issuer must be an absolute http or https URL.");
  }
  for (const auto lifetime :
       {options.access_lifetime, options.refresh_lifetime}) {
    if (lifetime < std::chrono::seconds(1) || lifetime > kLongestLife) {
      return Bad("Tokens must live from one second to ten years.");
    }
  }
  if (options.exchanged_lifetime < std::chrono::seconds(1) ||
      options.exchanged_lifetime > kLongestExchanged) {
    return Bad("Exchanged tokens must live from 1 second to 15 minutes.");
  }
  if (options.last_used_interval < std::chrono::milliseconds(10) ||
      options.last_used_interval > std::chrono::hours(1)) {
    return Bad("The last uses are written every 10 ms to 1 hour.");
  }
  for (const std::string& origin : options.cors_origins) {
    if (!IsOrigin(origin)) {
      return Bad("'" + origin +
                 "' is no origin; one looks like https://app.example.com.");
    }
  }
  return Status();
}

}  // namespace clone_auth::service
