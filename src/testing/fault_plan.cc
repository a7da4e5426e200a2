#include "testing/fault_plan.h"

#include "testing/request_view.h"

namespace clone_auth::testing {
namespace {

bool CanBefall(const Fault& fault, RequestClass request,
               std::string_view path) {
  if (!fault.path.empty()) return IsPath(path, fault.path);
  if (Describe(fault.kind).place == FaultPlace::kPoll) {
    return request == RequestClass::kPoll;
  }
  return request != RequestClass::kOther;
}

}  // namespace

std::size_t FaultPlan::pending() const {
  std::size_t count = 0;
  for (const Fault& fault : waiting_) {
    count += static_cast<std::size_t>(fault.times);
  }
  return count;
}

std::optional<Fault> FaultPlan::Take(RequestClass request,
                                     std::string_view path) {
  for (auto it = waiting_.begin(); it != waiting_.end(); ++it) {
    if (!CanBefall(*it, request, path)) continue;
    Fault fault = *it;
    if (--it->times == 0) waiting_.erase(it);
    return fault;
  }
  return std::nullopt;
}

}  // namespace clone_auth::testing
