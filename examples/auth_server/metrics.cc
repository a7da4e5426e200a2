#include "metrics.h"

#include <algorithm>

#include "clone/reason.h"

namespace auth_server {
namespace {

constexpr std::string_view kKeyPath = "/api/auth/keys/";
constexpr std::size_t kOneKey = 3;
constexpr std::size_t kOtherRoute = kRouteLabels.size() - 1;

std::string_view WithoutSlash(std::string_view path) {
  if (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return path;
}

std::size_t MethodOf(std::string_view method) {
  const auto* const last = kMethodLabels.end() - 1;
  return static_cast<std::size_t>(
      std::find(kMethodLabels.begin(), last, method) - kMethodLabels.begin());
}

/// The reason that the answer's body names; kNone where it names none.
clone_auth::Reason ReasonIn(std::string_view body) {
  constexpr std::string_view kName = "\"code\":\"";
  const std::size_t at = body.rfind(kName);
  if (at == body.npos) return clone_auth::Reason::kNone;
  body.remove_prefix(at + kName.size());
  return clone_auth::ReasonFromWord(body.substr(0, body.find('"')))
      .value_or(clone_auth::Reason::kNone);
}

}  // namespace

std::size_t RouteOf(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  const std::string_view plain = WithoutSlash(path);
  for (std::size_t i = 0; i < kOtherRoute; ++i) {
    if (plain == WithoutSlash(kRouteLabels[i])) return i;
  }
  if (path.substr(0, kKeyPath.size()) != kKeyPath) return kOtherRoute;
  const std::string_view last = plain.substr(plain.rfind('/'));
  if (plain.size() - last.size() < kKeyPath.size()) return kOneKey;
  if (last == "/roll") return kOneKey + 1;
  return last == "/audit" ? kOneKey + 2 : kOneKey;
}

void WorkerMetrics::CountAnswer(std::string_view method,
                                std::string_view target,
                                const clone_auth::HttpResponse& response,
                                std::chrono::microseconds duration) {
  RouteMetrics& route = routes[RouteOf(target)];
  const int status = std::clamp(response.status / 100, 1, 5) - 1;
  route.answers[MethodOf(method)][static_cast<std::size_t>(status)].Add(1);
  const auto* const bucket = std::lower_bound(
      kBucketMicros.begin(), kBucketMicros.end(), duration.count());
  route.durations[static_cast<std::size_t>(bucket - kBucketMicros.begin())].Add(
      1);
  route.duration_micros.Add(static_cast<std::uint64_t>(duration.count()));
  if (response.status < 400) return;
  const auto reason = static_cast<std::size_t>(ReasonIn(response.body));
  if (reason != 0 && reason < refusals.size()) refusals[reason].Add(1);
}

}  // namespace auth_server
