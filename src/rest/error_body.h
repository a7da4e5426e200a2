#pragma once

// What the body of a refusal says, in the forms that are in use: ours and
// Django REST framework's {"detail", "code"}, {"<field>": ["..."]}, and
// OAuth's {"error"} (RFC 6749 section 5.2).

#include <optional>
#include <string>
#include <string_view>

#include "clone/http.h"
#include "clone/reason.h"

namespace clone_auth {

struct ErrorBody {
  std::string code;    ///< "code" or "error"
  std::string detail;  ///< for comparing, never for showing
  /// What is wrong with which field, in one clean line; for showing.
  std::string fields;
};

/// Empty where the body is no JSON or says nothing of the kind.
ErrorBody ReadErrorBody(const HttpResponse& response);

/// The reason that the body names with one of our own words.
std::optional<Reason> OwnReason(const ErrorBody& body);

/// True if the answer may hold JSON by its Content-Type, or has none.
bool MayBeJson(const HttpResponse& response);

/// The media type of the answer, without parameters, if it is fit to be shown;
/// "another type" if not.
std::string MediaTypeForDisplay(const HttpResponse& response);

/// Somebody else's text made fit for one line of ours: no control characters,
/// at most `max_bytes`, cut between characters.
std::string CleanText(std::string_view text, std::size_t max_bytes);

}  // namespace clone_auth
