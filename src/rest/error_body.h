#pragma once

// What the body of a refusal says, in the forms that are in use: ours and
// Django REST framework's {"detail", "code"}, {"<field>": ["..."]}, and
// OAuth's {"error"} (RFC 6749 section 5.2).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clone/http.h"
#include "clone/reason.h"

namespace clone_auth {

struct ErrorBody {
  std::string code;    ///< "code" or "error"
  std::string detail;  ///< for comparing, never for showing
  /// What is wrong with which field, in one clean line; for showing.
  std::string fields;
};

/// Empty where the body is no JSON or says nothing of the kind. A server may
/// say back what it was sent: a text that holds one of `secrets` is not shown.
ErrorBody ReadErrorBody(const HttpResponse& response,
                        const std::vector<std::string_view>& secrets = {});

/// The reason that the body names with one of our own words.
std::optional<Reason> OwnReason(const ErrorBody& body);

/// True if the answer may hold JSON by its Content-Type, or has none.
bool MayBeJson(const HttpResponse& response);

/// What the answer is by its Content-Type, in words of ours.
std::string_view MediaTypeForDisplay(const HttpResponse& response);

/// Somebody else's text made fit for one line of ours: no control characters,
/// at most `max_bytes`, cut between characters.
std::string CleanText(std::string_view text, std::size_t max_bytes);

}  // namespace clone_auth
