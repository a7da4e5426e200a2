#include "service/router.h"

#include <optional>

namespace clone_auth::service {
namespace {

constexpr std::string_view kGet = "GET, HEAD, OPTIONS";
constexpr std::string_view kPost = "POST, OPTIONS";
constexpr std::string_view kGetPost = "GET, POST, HEAD, OPTIONS";
constexpr std::string_view kGetDelete = "GET, DELETE, HEAD, OPTIONS";

constexpr std::string_view kAny =
    "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

constexpr std::array kEndpoints = {
    Endpoint{"/api/auth/me", false, true, kGet, {{{"GET", Lane::kInline, Me}}}},
    Endpoint{"/api/auth/verify",
             false,
             true,
             kAny,
             {{{"GET", Lane::kInline, Verify}}},
             {},
             true},
    // Signing takes microseconds and no disk.
    Endpoint{"/token",
             false,
             false,
             kPost,
             {{{"POST", Lane::kInline, ExchangeToken}}},
             {},
             false,
             KeyToExchange},
    Endpoint{"/api/auth/token/refresh",
             false,
             false,
             kPost,
             {{{"POST", Lane::kStore, Refresh}}}},
    Endpoint{
        "/api/auth/keys",
        false,
        true,
        kGetPost,
        {{{"GET", Lane::kInline, ListKeys}, {"POST", Lane::kStore, IssueKey}}}},
    Endpoint{"/api/auth/keys/revoke-leaked",
             false,
             false,
             kPost,
             {{{"POST", Lane::kStore, RevokeLeakedKey}}},
             {},
             false,
             ReportedKey},
    Endpoint{"/api/auth/keys/audit",
             false,
             true,
             kGet,
             {{{"GET", Lane::kStore, ListAudit}}}},
    Endpoint{"/api/auth/keys/",
             true,
             true,
             kGetDelete,
             {{{"GET", Lane::kInline, ShowKey},
               {"DELETE", Lane::kStore, RevokeKey}}}},
    Endpoint{"/api/auth/keys/",
             true,
             true,
             kPost,
             {{{"POST", Lane::kStore, RollKey}}},
             "/roll"},
    Endpoint{"/api/auth/keys/",
             true,
             true,
             kGet,
             {{{"GET", Lane::kStore, ListKeyAudit}}},
             "/audit"},
    Endpoint{"/api/auth/login",
             false,
             false,
             kPost,
             {{{"POST", Lane::kPassword, Login}}}},
    Endpoint{"/api/auth/logout",
             false,
             false,
             kPost,
             {{{"POST", Lane::kStore, Logout}}}},
    Endpoint{"/api/auth/signup",
             false,
             false,
             kPost,
             {{{"POST", Lane::kPassword, Signup}}}},
    Endpoint{"/api/auth/invite/validate",
             false,
             false,
             kPost,
             {{{"POST", Lane::kStore, ValidateInvite}}}},
    Endpoint{"/api/auth/waitlist",
             false,
             false,
             kPost,
             {{{"POST", Lane::kStore, JoinWaitlist}}}},
    Endpoint{"/.well-known/jwks.json",
             false,
             false,
             kGet,
             {{{"GET", Lane::kInline, KeySet}}}},
    Endpoint{
        "/healthz", false, false, kGet, {{{"GET", Lane::kInline, Healthy}}}},
    Endpoint{"/readyz", false, false, kGet, {{{"GET", Lane::kStore, Ready}}}},
};

/// The UUID of a path that is `endpoint`'s; nothing for any other.
std::optional<Uuid> IdIn(std::string_view path, const Endpoint& endpoint) {
  if (path.substr(0, endpoint.path.size()) != endpoint.path) return {};
  path.remove_prefix(endpoint.path.size());
  if (path.size() < endpoint.suffix.size()) return {};
  const std::size_t id_size = path.size() - endpoint.suffix.size();
  if (path.substr(id_size) != endpoint.suffix) return {};
  const auto id = Uuid::Parse(path.substr(0, id_size));
  if (!id.ok()) return {};
  return *id;
}

}  // namespace

const Operation* Endpoint::Find(std::string_view method) const {
  if (method == "HEAD" || for_proxies) method = "GET";
  for (const Operation& operation : operations) {
    if (!operation.method.empty() && operation.method == method) {
      return &operation;
    }
  }
  return nullptr;
}

Match FindEndpoint(std::string_view target) {
  std::string_view path = target.substr(0, target.find('?'));
  if (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  for (const Endpoint& endpoint : kEndpoints) {
    if (!endpoint.has_id) {
      if (path == endpoint.path) return {&endpoint, {}};
      continue;
    }
    if (const auto id = IdIn(path, endpoint)) return {&endpoint, *id};
  }
  return {};
}

}  // namespace clone_auth::service
