#include "service/client_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace clone_auth::service {
namespace {

constexpr IpAddress kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::optional<IpAddress> ParseAddress(std::string text) {
  // The zone of a link-local address (RFC 4007 section 11) names one of our
  // own interfaces.
  text = text.substr(0, text.find('%'));
  IpAddress address = kMapped;
  if (inet_pton(AF_INET, text.c_str(), address.data() + 12) == 1) {
    return address;
  }
  if (inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return address;
  return std::nullopt;
}

bool IsMapped(const IpAddress& address) {
  return std::equal(kMapped.begin(), kMapped.begin() + 12, address.begin());
}

IpAddress Masked(IpAddress address, int bits) {
  for (int i = 0; i < 16; ++i) {
    const int kept = std::clamp(bits - 8 * i, 0, 8);
    const int mask = 0xff00 >> kept & 0xff;
    address[static_cast<std::size_t>(i)] &= static_cast<std::uint8_t>(mask);
  }
  return address;
}

std::string NameOf(const IpAddress& address) {
  const IpAddress counted = IsMapped(address) ? address : Masked(address, 64);
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, counted.data(), text.data(), text.size());
  return text.data();
}

std::string TextOf(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (IsMapped(address)) {
    inet_ntop(AF_INET, address.data() + 12, text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, address.data(), text.data(), text.size());
  }
  return text.data();
}

std::vector<std::string> ForwardedBy(const HttpHeaders& headers) {
  std::vector<std::string> hops;
  for (const HttpHeader& field : headers) {
    if (!EqualsIgnoreAsciiCase(field.name, "X-Forwarded-For")) continue;
    for (absl::string_view hop : absl::StrSplit(field.value, ',')) {
      hops.emplace_back(absl::StripAsciiWhitespace(hop));
    }
  }
  return hops;
}

}  // namespace

Result<TrustedProxies> TrustedProxies::Create(
    const std::vector<std::string>& networks) {
  TrustedProxies proxies;
  for (const std::string& text : networks) {
    const std::size_t slash = text.find('/');
    const auto address = ParseAddress(text.substr(0, slash));
    int bits = 0;
    bool good = address.has_value();
    if (good) {
      const int most = IsMapped(*address) ? 32 : 128;
      bits = most;
      if (slash != std::string::npos) {
        good = absl::SimpleAtoi(text.substr(slash + 1), &bits) && bits >= 0 &&
               bits <= most;
      }
      bits += 128 - most;
    }
    if (!good) {
      return Status(Reason::kInvalidArgument,
                    "'" + text + "' is no address and no network.");
    }
    proxies.networks_.push_back({Masked(*address, bits), bits});
  }
  return proxies;
}

bool TrustedProxies::Trusts(const IpAddress& address) const {
  return std::any_of(networks_.begin(), networks_.end(),
                     [&](const Network& network) {
                       return Masked(address, network.bits) == network.address;
                     });
}

IpAddress TrustedProxies::LastHop(const HttpRequest& request,
                                  const IpAddress& peer) const {
  IpAddress client = peer;
  if (networks_.empty() || !Trusts(client)) return client;
  // Each proxy appends whom it heard from, so only the end of the list was
  // written by those who are trusted.
  const std::vector<std::string> hops = ForwardedBy(request.headers);
  for (auto hop = hops.rbegin(); hop != hops.rend() && Trusts(client); ++hop) {
    const auto address = ParseAddress(*hop);
    if (!address.has_value()) break;
    client = *address;
  }
  return client;
}

std::string TrustedProxies::ClientOf(const HttpRequest& request) const {
  const auto peer = ParseAddress(request.peer_address);
  return peer.has_value() ? NameOf(LastHop(request, *peer))
                          : request.peer_address;
}

std::string TrustedProxies::AddressOf(const HttpRequest& request) const {
  const auto peer = ParseAddress(request.peer_address);
  return peer.has_value() ? TextOf(LastHop(request, *peer))
                          : request.peer_address;
}

}  // namespace clone_auth::service
