#include "http/curl/pool.h"

#include <unistd.h>

namespace clone_auth {

CurlPool::~CurlPool() {
  if (owner_ != getpid()) return;
  for (CURL* const easy : idle_) curl_easy_cleanup(easy);
}

CURL* CurlPool::Take() {
  const std::lock_guard lock(mutex_);
  if (owner_ != getpid()) {
    // After a fork. Cleaning up would say goodbye on the parent's TLS
    // connections, so the copies are left as they are.
    idle_.clear();
    owner_ = getpid();
  }
  if (idle_.empty()) return curl_easy_init();
  CURL* const easy = idle_.back();
  idle_.pop_back();
  return easy;
}

void CurlPool::GiveBack(CURL* easy) {
  if (easy == nullptr) return;
  // Forgets the request with its secrets and keeps the connections.
  curl_easy_reset(easy);
  {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < max_idle_) {
      idle_.push_back(easy);
      return;
    }
  }
  curl_easy_cleanup(easy);
}

}  // namespace clone_auth
