#include "oauth/authorization_url.h"

#include "base/url.h"

namespace clone_auth {

std::string WithParameters(
    std::string url,
    const std::vector<std::pair<std::string_view, std::string_view>>&
        parameters) {
  const std::size_t query = url.find('?');
  char separator = query == std::string::npos ? '?' : '&';
  // An empty query, or one that ends as if another field followed.
  if (separator == '&' && (url.back() == '?' || url.back() == '&')) {
    url.pop_back();
    separator = url.size() == query ? '?' : '&';
  }
  for (const auto& [name, value] : parameters) {
    if (value.empty()) continue;
    url += separator;
    url.append(name).append("=").append(EncodeUrlComponent(value));
    separator = '&';
  }
  return url;
}

}  // namespace clone_auth
