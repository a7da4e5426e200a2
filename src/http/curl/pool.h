#pragma once

// Easy handles that wait for their next request, each with the connections it
// has kept open. Handles are not shared between threads while in use, and a
// process that was forked off leaves its parent's connections alone.

#include <curl/curl.h>
#include <sys/types.h>

#include <cstddef>
#include <mutex>
#include <vector>

namespace clone_auth {

class CurlPool {
 public:
  explicit CurlPool(std::size_t max_idle) : max_idle_(max_idle) {}
  ~CurlPool();
  CurlPool(const CurlPool&) = delete;
  CurlPool& operator=(const CurlPool&) = delete;

  /// A handle for one request, given back when this goes.
  class Lease {
   public:
    explicit Lease(CurlPool& pool) : pool_(pool), easy_(pool.Take()) {}
    ~Lease() { pool_.GiveBack(easy_); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    /// Null if there is no memory for one.
    CURL* get() const { return easy_; }

   private:
    CurlPool& pool_;
    CURL* easy_;
  };

 private:
  CURL* Take();
  void GiveBack(CURL* easy);

  const std::size_t max_idle_;
  std::mutex mutex_;
  std::vector<CURL*> idle_;  // the last one was used most recently
  pid_t owner_ = -1;         // the process that the idle ones belong to
};

}  // namespace clone_auth
