#pragma once

// The service over any store: takes a request apart, lets the authenticator
// decide who asks, and runs the handler where it may run. May be shared
// between threads.

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clone/api_key_verifier.h"
#include "clone/authenticator.h"
#include "clone/http.h"
#include "clone/service.h"
#include "service/access_tokens.h"
#include "service/client_address.h"
#include "service/directory.h"
#include "service/handlers.h"
#include "service/key_file.h"
#include "service/operations.h"
#include "service/passwords.h"
#include "service/peppers.h"
#include "service/periodic.h"
#include "service/refresh_tokens.h"
#include "service/refusal_id.h"
#include "service/revocation_log.h"
#include "service/router.h"
#include "service/signing_keys.h"
#include "service/worker_pool.h"

namespace clone_auth::service {

/// How much may run and wait on the service's own threads.
struct PoolSizes {
  std::size_t password_threads = 0;  ///< 0: as many as there are cores
  std::size_t password_waiting = 128;
  std::size_t store_threads = 1;
  std::size_t store_waiting = 4096;
  /// Of one thread, for imported keys that only PBKDF2 can tell: so they never
  /// take more than one core, and are checked one after the other.
  std::size_t keys_waiting = 256;
};

class Core {
 public:
  /// Errors: invalid_argument, scheme_invalid, key_set_ambiguous,
  /// store_unavailable, random_unavailable.
  static Result<std::unique_ptr<Core>> Create(
      ServiceOptions options, std::unique_ptr<Store> store,
      std::unique_ptr<RevocationLog> log, KeyFile keys,
      const PoolSizes& sizes = {});
  /// Finishes what is in flight and saves what is only in memory.
  ~Core();

  void HandleAsync(HttpRequest request, std::function<void(HttpResponse)> done);
  HttpResponse Handle(const HttpRequest& request);

  Status Ready();
  ServiceOperations& operations() { return *operations_; }

  // Where sign-ins run, and where writes do.
  WorkerPool& password_pool() { return *password_pool_; }
  WorkerPool& store_pool() { return *store_pool_; }
  WorkerPool& key_pool() { return *key_pool_; }

 private:
  struct Pending;

  Core(ServiceOptions options, std::unique_ptr<Store> store,
       std::unique_ptr<RevocationLog> log);
  Status Build(KeyFile keys, const PoolSizes& sizes);
  Status Load(KeyFile keys);
  Status BuildVerifiers();
  Status BuildAuthenticators();
  Status BuildLimiters();

  /// An answer that needs no handler, or none.
  std::optional<HttpResponse> Screen(const Match& match, Call& call) const;
  std::optional<HttpResponse> Identify(const Endpoint& endpoint,
                                       Call& call) const;
  HttpResponse Run(const Match& match, const Call& call) const;
  HttpResponse RunLate(const Match& match, Call& call) const;
  HttpResponse RunAdopted(const Match& match, Call& call) const;
  /// What must be done before the handler can find the key in the body.
  Adoption StepForBody(const Endpoint& endpoint,
                       const HttpRequest& request) const;
  /// Runs it on the pool, or refuses it there and then.
  void RunOn(WorkerPool& pool, Pending pending,
             HttpResponse (Core::*run)(const Match&, Call&) const);
  void Finish(const Match& match, const Call& call, HttpResponse& answer) const;
  void AddCors(const Match& match, const HttpRequest& request,
               HttpResponse& answer) const;
  bool NamesOrigin(const std::string* origin) const;
  void SaveKeyEventsSoon();
  void MaintainIfDue();
  void Maintain();

  ServiceOptions options_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<RevocationLog> log_;
  std::unique_ptr<Directory> directory_;
  std::optional<KeyFileInUse> key_file_;
  std::unique_ptr<SigningKeys> signing_keys_;
  std::optional<AccessTokens> access_tokens_;
  std::optional<RefreshTokens> refresh_tokens_;
  std::optional<RefusalIds> refusal_ids_;
  std::optional<ApiKeyVerifier> key_verifier_;
  std::unique_ptr<LegacyTokens> legacy_tokens_;
  std::optional<Authenticator> authenticator_;
  std::optional<Authenticator> authenticator_for_imported_;
  std::optional<KeyAdoption> key_adoption_;
  std::optional<Passwords> passwords_;
  std::optional<TrustedProxies> proxies_;
  Limiters limiters_;
  Context context_;
  std::atomic<std::int64_t> next_maintenance_{0};
  /// Key events are going to be saved.
  std::atomic<bool> saving_{false};
  // Last, so that they end before what they use.
  std::unique_ptr<WorkerPool> store_pool_;
  std::unique_ptr<WorkerPool> password_pool_;
  std::unique_ptr<WorkerPool> key_pool_;
  std::optional<Peppers> peppers_;
  std::optional<Operations> operations_;
  std::optional<Periodic> last_uses_;
};

}  // namespace clone_auth::service
