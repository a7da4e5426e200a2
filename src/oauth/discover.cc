#include <utility>

#include "base/macros.h"
#include "clone/discovery.h"
#include "clone/oauth_flow.h"

namespace clone_auth {

Result<Discovered> Discover(DiscoveryOptions options,
                            const FlowDriverOptions& driver) {
  CLONE_AUTH_ASSIGN_OR_RETURN(Discovery discovery,
                              Discovery::Create(std::move(options)));
  RunFlow(discovery, driver);
  return discovery.Take();
}

}  // namespace clone_auth
