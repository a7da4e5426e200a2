#pragma once

// The peppers that the rows of API keys are sealed with, and how a new one
// takes over: it is in the key file first, then every row is sealed anew, some
// at a time on the lane of the writes, and then the old one leaves the key
// file. Whatever ends the process in between, the next one goes on. Requests
// notice nothing: what they look up is in memory and is no pepper's. May be
// shared between threads.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "clone/api_key_sealer.h"
#include "clone/random.h"
#include "clone/result.h"
#include "clone/service_operations.h"
#include "service/key_file.h"
#include "service/store.h"
#include "service/worker_pool.h"

namespace clone_auth::service {

class Peppers {
 public:
  /// Borrows everything.
  Peppers(KeyFileInUse* file, Store* store, RandomSource* random,
          WorkerPool* pool);

  // As ServiceOperations says.
  Status Rotate();
  PepperRotation Progress() const;
  Result<std::vector<PepperSummary>> List();

  /// Takes the pepper out of the key file, though older keys need it. Errors:
  /// those of CheckMayDrop, store_unavailable, random_unavailable.
  Status Drop(std::uint32_t id);
  /// Errors: not_found, rotation_pending (rows are sealed with it).
  Status CheckMayDrop(std::uint32_t id);

  /// Goes on with what an earlier process, or a full queue, left undone.
  void Resume();

  /// Starts nothing more.
  void Stop() { stopping_ = true; }

  /// No pepper leaves the key file while this is held.
  std::unique_lock<std::mutex> KeepAll() { return std::unique_lock(keeping_); }

 private:
  void Step();
  Status Finish();
  std::vector<Pepper> Copies();
  /// Where it fails, nothing has changed.
  Status Use(std::vector<Pepper> peppers);

  KeyFileInUse* file_;
  Store* store_;
  RandomSource* random_;
  WorkerPool* pool_;
  std::mutex changing_;  // held while the peppers change
  std::mutex keeping_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> unfinished_{false};
  std::atomic<bool> running_{false};
  std::atomic<std::size_t> done_{0};
  std::atomic<std::size_t> total_{0};
  std::int64_t last_ = 0;  // of the one step that runs
};

}  // namespace clone_auth::service
