#include "clone/status.h"

#include <cstdio>
#include <cstdlib>

#include "clone/result.h"

namespace clone_auth {

std::string Status::ToString() const {
  std::string text(word());
  if (!ok()) {
    text += ": ";
    text += message();
  }
  return text;
}

namespace internal {

void DieOfUncheckedResult(const Status& status) {
  std::fprintf(stderr, "clone_auth: value of a failed result: %s\n",
               status.ToString().c_str());
  std::abort();
}

void DieOfOkWithoutValue() {
  std::fprintf(stderr, "clone_auth: a result was made of an ok status\n");
  std::abort();
}

}  // namespace internal
}  // namespace clone_auth
