#include "clone/sqlite_api_key_feed.h"

namespace clone_auth {

Status SqliteApiKeyFeed::Poll() {
  const std::chrono::nanoseconds asked_at = clock_->SinceBoot();
  const Result<std::uint64_t> marker = store_->ChangeMarker();
  if (!marker.ok()) {
    // What comes then may follow on something that was missed.
    marker_.reset();
    return marker.status();
  }
  if (marker_ != *marker) listener_->AnythingChanged();
  marker_ = *marker;
  listener_->AliveAsOf(asked_at);
  return Status();
}

}  // namespace clone_auth
