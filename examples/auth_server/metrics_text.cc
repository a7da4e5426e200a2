#include "metrics_text.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <system_error>

#include "clone/reason.h"
#include "exposition.h"

namespace auth_server {
namespace {

using Type = Exposition::Type;

template <typename Pick>
double Sum(const AllMetrics& workers, const Pick& pick) {
  std::uint64_t sum = 0;
  for (const WorkerMetrics* worker : workers) sum += pick(*worker).value();
  return static_cast<double>(sum);
}

void AppendRequests(const AllMetrics& workers, Exposition& text) {
  text.Family("clone_auth_http_requests_total", Type::kCounter,
              "Requests answered.");
  for (std::size_t r = 0; r < kRouteLabels.size(); ++r) {
    for (std::size_t m = 0; m < kMethodLabels.size(); ++m) {
      for (std::size_t s = 0; s < kStatusLabels.size(); ++s) {
        const double count =
            Sum(workers, [&](const WorkerMetrics& worker) -> const Cell& {
              return worker.routes[r].answers[m][s];
            });
        if (count == 0) continue;
        text.Sample({{"method", kMethodLabels[m]},
                     {"route", kRouteLabels[r]},
                     {"status", kStatusLabels[s]}},
                    count);
      }
    }
  }
}

void AppendDurations(const AllMetrics& workers, Exposition& text) {
  text.Family("clone_auth_http_request_duration_seconds", Type::kHistogram,
              "From a request that is whole to its answer being sent.");
  for (std::size_t r = 0; r < kRouteLabels.size(); ++r) {
    std::array<double, kBucketMicros.size() + 1> upto{};
    double count = 0;
    for (std::size_t b = 0; b < upto.size(); ++b) {
      count += Sum(workers, [&](const WorkerMetrics& worker) -> const Cell& {
        return worker.routes[r].durations[b];
      });
      upto[b] = count;
    }
    if (count == 0) continue;
    const std::string_view route = kRouteLabels[r];
    for (std::size_t b = 0; b < kBucketMicros.size(); ++b) {
      const std::string end =
          NumberText(static_cast<double>(kBucketMicros[b]) / 1e6);
      text.Sample("_bucket", {{"route", route}, {"le", end}}, upto[b]);
    }
    text.Sample("_bucket", {{"route", route}, {"le", "+Inf"}}, count);
    const double micros =
        Sum(workers, [&](const WorkerMetrics& worker) -> const Cell& {
          return worker.routes[r].duration_micros;
        });
    text.Sample("_sum", {{"route", route}}, micros / 1e6);
    text.Sample("_count", {{"route", route}}, count);
  }
}

void AppendRefusals(const AllMetrics& workers, Exposition& text) {
  text.Family("clone_auth_refusals_total", Type::kCounter,
              "Requests refused, by the reason that the answer names.");
  for (std::size_t i = 0; i < kReasonSlots; ++i) {
    const double count =
        Sum(workers, [&](const WorkerMetrics& worker) -> const Cell& {
          return worker.refusals[i];
        });
    if (count == 0) continue;
    const auto reason = static_cast<clone_auth::Reason>(i);
    text.Sample({{"reason", clone_auth::Describe(reason).word}}, count);
  }
}

void AppendConnections(const AllMetrics& workers, Exposition& text) {
  const auto sum = [&](Cell WorkerMetrics::*cell) {
    return Sum(workers, [cell](const WorkerMetrics& worker) -> const Cell& {
      return worker.*cell;
    });
  };
  text.Single("clone_auth_connections_total", Type::kCounter,
              "Connections accepted.",
              sum(&WorkerMetrics::connections_accepted));
  text.Single("clone_auth_connections_open", Type::kGauge,
              "Connections open now.", sum(&WorkerMetrics::connections_open));
  text.Single("clone_auth_large_body_bytes", Type::kGauge,
              "Memory that request bodies beyond 64 KiB take now.",
              sum(&WorkerMetrics::large_body_bytes));
}

void AppendService(const clone_auth::ServiceStatistics& now, Exposition& text) {
  const auto gauge = [&text](std::string_view name, std::size_t value,
                             std::string_view help) {
    text.Single(name, Type::kGauge, help, static_cast<double>(value));
  };
  gauge("clone_auth_accounts", now.accounts, "Accounts, disabled ones too.");
  gauge("clone_auth_sessions_open", now.open_sessions,
        "Sign-ins that can still be refreshed.");
  gauge("clone_auth_api_keys", now.keys, "API keys of every state.");
  gauge("clone_auth_api_keys_older", now.older_keys,
        "API keys that an older version stored and nobody has shown since.");
  gauge("clone_auth_api_keys_altered", now.altered_keys,
        "API keys refused because somebody edited their rows.");
  gauge("clone_auth_rows_put_right", now.rows_put_right,
        "Keys and accounts that the revocation log took away again.");
  gauge("clone_auth_signing_keys", now.signing_keys,
        "Keys that access tokens are verified with.");
  gauge("clone_auth_imported_api_keys_left", now.imported_keys_left,
        "Imported API keys that were not used here yet.");
  gauge("clone_auth_imported_keys_waiting", now.imported_keys_waiting,
        "Requests that wait for the hash of an imported API key.");
  gauge("clone_auth_passwords_waiting", now.passwords_waiting,
        "Requests that wait for a thread that hashes passwords.");
  gauge("clone_auth_writes_waiting", now.writes_waiting,
        "Requests that wait for a thread that writes.");
}

double ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  file >> total >> resident;
  return static_cast<double>(resident) *
         static_cast<double>(sysconf(_SC_PAGESIZE));
}

double OpenDescriptors() {
  std::error_code error;
  double count = 0;
  std::filesystem::directory_iterator entry("/proc/self/fd", error);
  // The iterator itself has one of them.
  for (; !error && entry != std::filesystem::directory_iterator();
       entry.increment(error)) {
    ++count;
  }
  return count > 0 ? count - 1 : 0;
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void AppendProcess(clone_auth::WallTime started, Exposition& text) {
  text.Single("process_resident_memory_bytes", Type::kGauge,
              "Memory that the process has.", ResidentBytes());
  text.Single("process_open_fds", Type::kGauge,
              "File descriptors that are open.", OpenDescriptors());
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  text.Single("process_max_fds", Type::kGauge,
              "File descriptors that may be open.",
              static_cast<double>(limit.rlim_cur));
  text.Single("process_cpu_seconds_total", Type::kCounter,
              "Time on a processor, of the program and of the system for it.",
              CpuSeconds());
  text.Single("process_start_time_seconds", Type::kGauge,
              "When the process began, in seconds since 1970.",
              static_cast<double>(clone_auth::ToUnixSeconds(started).count()));
}

}  // namespace

std::string MetricsText(const AllMetrics& workers,
                        clone_auth::ServiceOperations& operations,
                        clone_auth::WallTime started) {
  Exposition text;
  text.Family("clone_auth_build_info", Type::kGauge, "What was built.");
  text.Sample({{"version", CLONE_AUTH_SERVER_VERSION}}, 1);
  AppendRequests(workers, text);
  AppendDurations(workers, text);
  AppendRefusals(workers, text);
  AppendConnections(workers, text);
  AppendService(operations.Statistics(), text);
  AppendProcess(started, text);
  return text.Take();
}

}  // namespace auth_server
