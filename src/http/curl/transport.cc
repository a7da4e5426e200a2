#include <curl/curl.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "base/macros.h"
#include "base/url.h"
#include "clone/http.h"
#include "http/curl/exchange.h"
#include "http/curl/pool.h"
#include "http/curl/wiping_memory.h"

namespace clone_auth {
namespace {

// libcurl counts how often it was initialised; each transport is one. A
// library cannot know what other threads do, so it takes only a libcurl that
// guards the count itself.
class CurlLibrary {
 public:
  CurlLibrary() {
    const auto* const info = curl_version_info(CURLVERSION_NOW);
    ok_ = (info->features & CURL_VERSION_THREADSAFE) != 0 &&
          InitWipingCurl() == CURLE_OK;
  }
  ~CurlLibrary() {
    if (ok_) curl_global_cleanup();
  }
  CurlLibrary(const CurlLibrary&) = delete;
  CurlLibrary& operator=(const CurlLibrary&) = delete;

  bool ok() const { return ok_; }

 private:
  bool ok_;
};

class CurlTransport final : public HttpTransport {
 public:
  explicit CurlTransport(CurlTransportOptions options)
      : options_(std::move(options)), pool_(options_.max_idle_connections) {}

  bool usable() const { return library_.ok(); }

  Result<HttpResponse> Send(const HttpRequest& request,
                            const HttpLimits& limits) override {
    CLONE_AUTH_ASSIGN_OR_RETURN(const Url url, ParseUrl(request.target));
    if (!options_.allow_insecure_http) {
      CLONE_AUTH_RETURN_IF_ERROR(RequireSecure(url));
    }
    CLONE_AUTH_RETURN_IF_ERROR(CheckRequest(request));
    const CurlPool::Lease easy(pool_);
    if (easy.get() == nullptr) {
      return Status(Reason::kInternal, "libcurl gives no handle");
    }
    return Exchange(easy.get(), request, limits, url).Perform(options_);
  }

 private:
  const CurlTransportOptions options_;
  CurlLibrary library_;  // before the pool, which must go first
  CurlPool pool_;
};

}  // namespace

Result<std::unique_ptr<HttpTransport>> MakeCurlTransport(
    CurlTransportOptions options) {
  if (!options.ca_file.empty() && access(options.ca_file.c_str(), R_OK) != 0) {
    return Status(Reason::kInvalidArgument, "the CA file cannot be read");
  }
  if (!IsHeaderValue(options.user_agent)) {
    return Status(Reason::kInvalidArgument,
                  "a control character in the user agent");
  }
  if (options.public_addresses_only && !options.proxy.empty()) {
    return Status(Reason::kInvalidArgument,
                  "a proxy chooses the address that is connected to");
  }
  auto transport = std::make_unique<CurlTransport>(std::move(options));
  if (!transport->usable()) {
    return Status(Reason::kInternal, "libcurl cannot be initialised");
  }
  return std::unique_ptr<HttpTransport>(std::move(transport));
}

}  // namespace clone_auth
