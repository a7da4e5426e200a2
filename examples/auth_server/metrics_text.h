#pragma once

// Everything that /metrics tells.

#include <string>
#include <vector>

#include "clone/clock.h"
#include "clone/service_operations.h"
#include "metrics.h"

namespace auth_server {

using AllMetrics = std::vector<const WorkerMetrics*>;

std::string MetricsText(const AllMetrics& workers,
                        clone_auth::ServiceOperations& operations,
                        clone_auth::WallTime started);

}  // namespace auth_server
