#pragma once

// Answers in the shapes that the service's clients know: errors as
// {"detail", "code"}, validation errors as {"<field>": ["..."]}.

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clone/http.h"
#include "clone/status.h"

namespace clone_auth::service {

/// Messages for each field that was not acceptable, in the order of the
/// fields.
using FieldErrors =
    std::vector<std::pair<std::string, std::vector<std::string>>>;

/// The status of the answer to a failure.
int HttpStatusFor(const Status& failure);

HttpResponse JsonAnswer(int status, std::string body);
/// 204.
HttpResponse EmptyAnswer();
/// `detail` says in the answer what is wrong; empty: the reason's usual text.
HttpResponse ErrorAnswer(const Status& failure, std::string_view detail = {});
/// For a reverse proxy that asks whether to let a request through: a refusal
/// that is 400 elsewhere becomes 401, and one that is 429 becomes 403, since
/// proxies read any other status as a failure of ours; its reason word stands
/// in a header, since they drop the body.
void MakeForProxies(const Status& refusal, HttpResponse& answer);
HttpResponse ValidationAnswer(const FieldErrors& errors);
HttpResponse ThrottledAnswer(std::chrono::seconds wait);

}  // namespace clone_auth::service
