#include "testing/trouble.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "testing/http_date.h"

namespace clone_auth::testing {
namespace {

using K = FaultKind;
using T = TokenTwist;
using Scene = TroubleScene;

HttpResponse SlowDown(const Scene&, std::int64_t) {
  return OAuthRefusal("slow_down");
}

HttpResponse Html502(const Scene&, std::int64_t) {
  return {502,
          {{"Content-Type", "text/html"}},
          "<html><head><title>502 Bad Gateway</title></head></html>\n"};
}

HttpResponse Redirect307(const Scene& scene, std::int64_t) {
  return {307,
          {{"Location",
            scene.elsewhere + std::string(kElsewherePath) + scene.path}},
          ""};
}

HttpResponse RetryAfter(const Scene&, std::int64_t value) {
  HttpResponse answer = RestRefusal(503, Reason::kOverloaded);
  answer.headers.Add("Retry-After", std::to_string(value));
  return answer;
}

HttpResponse RateLimited429(const Scene&, std::int64_t value) {
  HttpResponse answer = RestRefusal(429, Reason::kRateLimited);
  answer.headers.Add("Retry-After", std::to_string(value));
  return answer;
}

HttpResponse Unavailable503(const Scene&, std::int64_t) {
  return RestRefusal(503, Reason::kOverloaded);
}

HttpResponse InvalidGrant(const Scene& scene, std::int64_t) {
  return RefreshRefusal(scene.dialect, Reason::kRefreshInvalid);
}

void SkewDate(Delivery& delivery, std::int64_t value, WallTime now) {
  delivery.response.headers.Set("Date",
                                HttpDate(now + std::chrono::seconds(value)));
}

void Stall(Delivery& delivery, std::int64_t value, WallTime) {
  delivery.is_withheld = value == 0;
  delivery.after = std::chrono::seconds(value);
}

void Cut(Delivery& delivery, std::int64_t value, WallTime) {
  // Never the whole body, however many bytes were asked for.
  const std::size_t size = delivery.response.body.size();
  delivery.cut_at =
      std::min(static_cast<std::size_t>(value), size == 0 ? 0 : size - 1);
}

void Lose(Delivery& delivery, std::int64_t, WallTime) {
  delivery.is_lost = true;
}

void Empty200(Delivery& delivery, std::int64_t, WallTime) {
  delivery.response.status = 200;
  delivery.response.body.clear();
}

void HugeBody(Delivery& delivery, std::int64_t value, WallTime) {
  // Blanks, so that what is read to its end is still good.
  delivery.response.body.append(static_cast<std::size_t>(value), ' ');
}

void GarbageJson(Delivery& delivery, std::int64_t, WallTime) {
  delivery.response.status = 200;
  delivery.response.body = R"({"access": ]} Notice: undefined index)";
}

constexpr std::array<Trouble, kFaultCount> kTable = {{
    {K::kSlowDown, SlowDown, nullptr, nullptr},
    {K::kSkewedDate, nullptr, nullptr, SkewDate},
    {K::kSameToken, nullptr, &T::is_same_access, nullptr},
    {K::kHtml502, Html502, nullptr, nullptr},
    {K::kStall, nullptr, nullptr, Stall},
    {K::kCut, nullptr, nullptr, Cut},
    {K::kLostAnswer, nullptr, nullptr, Lose},
    {K::kRedirect307, Redirect307, nullptr, nullptr},
    {K::kRetryAfter, RetryAfter, nullptr, nullptr},
    {K::kRateLimited429, RateLimited429, nullptr, nullptr},
    {K::kUnavailable503, Unavailable503, nullptr, nullptr},
    {K::kInvalidGrantOnce, InvalidGrant, nullptr, nullptr},
    {K::kNoRefreshToken, nullptr, &T::keeps_refresh, nullptr},
    {K::kEmpty200, nullptr, nullptr, Empty200},
    {K::kForeignSubject, nullptr, &T::is_foreign, nullptr},
    {K::kHugeBody, nullptr, nullptr, HugeBody},
    {K::kGarbageJson, nullptr, nullptr, GarbageJson},
    {K::kExpiresInZero, nullptr, &T::is_expired, nullptr},
}};

}  // namespace

const Trouble& TroubleOf(FaultKind kind) {
  return kTable[static_cast<std::size_t>(kind)];
}

}  // namespace clone_auth::testing
