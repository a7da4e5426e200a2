#pragma once

// The outcome of an operation: ok, or a reason with a sentence for a person.
// A value like any other: copyable, safe to share between threads when const.
// Nothing in this library throws; what can fail returns a Status or a Result.

#include <string>
#include <string_view>
#include <utility>

#include "clone/reason.h"

namespace clone_auth {

class [[nodiscard]] Status {
 public:
  /// Ok.
  Status() = default;

  /// A failure for `reason`; its code comes from the reason's row.
  /// `message` says in one line what was wrong and never holds a secret. An
  /// empty one stands for the row's own sentence.
  explicit Status(Reason reason, std::string message = {})
      : reason_(reason), message_(std::move(message)) {}

  bool ok() const { return reason_ == Reason::kNone; }
  Reason reason() const { return reason_; }
  StatusCode code() const { return Describe(reason_).code; }

  /// The reason's stable word, such as "token_expired".
  std::string_view word() const { return Describe(reason_).word; }

  /// One line: what was wrong.
  std::string_view message() const {
    return message_.empty() ? Describe(reason_).text
                            : std::string_view(message_);
  }

  /// One sentence: what to do next.
  std::string_view remedy() const { return Describe(reason_).remedy; }

  /// The HTTP status of the answer that this failure was read from; 0 where
  /// there was no answer.
  int http_status() const { return http_status_; }
  Status&& WithHttpStatus(int http_status) && {
    http_status_ = http_status;
    return std::move(*this);
  }

  /// "token_expired: The token is no longer valid." for logs.
  std::string ToString() const;

  friend bool operator==(const Status& a, const Status& b) {
    return a.reason_ == b.reason_ && a.message_ == b.message_ &&
           a.http_status_ == b.http_status_;
  }
  friend bool operator!=(const Status& a, const Status& b) { return !(a == b); }

 private:
  Reason reason_ = Reason::kNone;
  int http_status_ = 0;
  std::string message_;
};

}  // namespace clone_auth
