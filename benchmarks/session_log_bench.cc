// Durable rotations a second, of sessions in one log and of sessions in a file
// each, with 1, 8 and 64 threads; and what a log of many sessions takes in
// memory and to be opened. A rotation is what a DurableSession does to its
// store: lock, load, save the Idempotency-Key, save the successor. The bare
// operation is an append of one record and its fdatasync. Rounds of all are
// interleaved and medians printed, since disks have moods.
//
// usage: session_log_bench [--quick] [FOLDER]

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "clone/session_log.h"
#include "clone/token_store.h"
#include "credential/log_copy.h"
#include "credential/log_frame.h"
#include "credential/session_payload.h"

namespace clone_auth {
namespace {

using Seconds = std::chrono::duration<double>;
using StoreOf = std::function<std::shared_ptr<TokenStore>(const std::string&)>;

constexpr std::array<int, 3> kThreads = {1, 8, 64};
constexpr int kSessionsOfOneThread = 16;
constexpr double kGoal = 5'000;  // a second, with 64 threads

StoredSession Session(std::uint64_t generation) {
  StoredSession session;
  session.base_url = "https://api.example.com";
  session.tokens.access = Secret::CopyOf(std::string(900, 'a'));
  session.tokens.refresh =
      Secret::CopyOf("refresh-" + std::to_string(generation));
  return session;
}

void Must(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "session_log_bench: %s\n", status.ToString().c_str());
  std::exit(1);
}

void Rotate(TokenStore& store, std::uint64_t generation) {
  auto lock = store.Acquire(std::chrono::seconds(60));
  Must(lock.status());
  Must(store.Load().status());
  StoredSession session = Session(generation);
  session.tokens.idempotency_key = "6a7d3c52-4a0e-4c8e-9a51-0f5f6d3c2b1a";
  Must((*lock)->Save(session));
  Must((*lock)->Save(Session(generation + 1)));
}

double RotationsASecond(int threads, Seconds duration, const StoreOf& store) {
  std::atomic<bool> is_over{false};
  std::atomic<std::uint64_t> rotations{0};
  std::vector<std::thread> workers;
  const auto start = std::chrono::steady_clock::now();
  for (int thread = 0; thread < threads; ++thread) {
    workers.emplace_back([&, thread] {
      std::vector<std::shared_ptr<TokenStore>> stores;
      for (int i = 0; i < kSessionsOfOneThread; ++i) {
        stores.push_back(
            store("s" + std::to_string(thread) + "-" + std::to_string(i)));
      }
      for (std::uint64_t i = 0; !is_over; ++i) {
        Rotate(*stores[i % stores.size()], i);
        ++rotations;
      }
    });
  }
  std::this_thread::sleep_for(duration);
  is_over = true;
  for (std::thread& worker : workers) worker.join();
  const Seconds taken = std::chrono::steady_clock::now() - start;
  return static_cast<double>(rotations) / taken.count();
}

double AppendsASecond(const std::string& path, Seconds duration) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const Secret record = EncodeSession(Session(0), WallTime());
  std::uint64_t appends = 0;
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start < duration) {
    const auto at = static_cast<off_t>(appends * record.size());
    if (pwrite(file, record.Reveal().data(), record.size(), at) < 0 ||
        fdatasync(file) != 0) {
      Must(Status(Reason::kStoreUnavailable));
    }
    ++appends;
  }
  const Seconds taken = std::chrono::steady_clock::now() - start;
  close(file);
  return static_cast<double>(appends) / taken.count();
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void MeasureRotations(const std::string& folder, bool is_quick) {
  const int rounds = is_quick ? 1 : 5;
  const Seconds duration(is_quick ? 0.3 : 1.0);
  auto log = SessionLog::Create(folder + "/rotations.log");
  Must(log.status());
  const StoreOf in_log = [&](const std::string& key) {
    return (*log)->StoreFor(key);
  };
  const StoreOf in_file = [&](const std::string& key) {
    return std::shared_ptr<TokenStore>(
        MakeFileTokenStore(folder + "/" + key + ".json"));
  };
  std::vector<double> bare;
  std::array<std::vector<double>, kThreads.size()> of_log;
  std::array<std::vector<double>, kThreads.size()> of_file;
  for (int round = 0; round < rounds; ++round) {
    bare.push_back(AppendsASecond(folder + "/bare", duration));
    for (std::size_t i = 0; i < kThreads.size(); ++i) {
      of_log[i].push_back(RotationsASecond(kThreads[i], duration, in_log));
      of_file[i].push_back(RotationsASecond(kThreads[i], duration, in_file));
    }
  }
  const double syncs = Median(bare);
  std::printf("append + fdatasync: %.0f/s\n", syncs);
  std::printf("%-8s %14s %14s %7s %16s\n", "threads", "file: rot/s",
              "log: rot/s", "ratio", "log: of bare/2");
  for (std::size_t i = 0; i < kThreads.size(); ++i) {
    const double log_rate = Median(of_log[i]);
    const double file_rate = Median(of_file[i]);
    std::printf("%-8d %14.0f %14.0f %7.1f %16.2f%s\n", kThreads[i], file_rate,
                log_rate, log_rate / file_rate, log_rate / (syncs / 2),
                kThreads[i] < 64    ? ""
                : log_rate >= kGoal ? "  >= 5000/s  met"
                                    : "  >= 5000/s  MISSED");
  }
}

std::size_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// The log is written here and not by saving, which would take minutes.
void MeasureMemory(const std::string& folder, int sessions) {
  const std::string path = folder + "/many.log";
  {
    std::ofstream file(path, std::ios::binary);
    file << LogHeader().Reveal();
    const Secret payload = EncodeSession(Session(1), WallTime());
    for (int i = 0; i < sessions; ++i) {
      char key[37];
      std::snprintf(key, sizeof(key), "%08x-0000-4000-8000-000000000000",
                    static_cast<unsigned>(i));
      file << EncodeLogFrame({LogRecordKind::kSession, key, payload.Reveal()})
                  .Reveal();
    }
  }
  std::filesystem::permissions(path, std::filesystem::perms::owner_read |
                                         std::filesystem::perms::owner_write);
  const std::size_t before = ResidentBytes();
  const auto start = std::chrono::steady_clock::now();
  const auto log = SessionLog::Create(path);
  Must(log.status());
  const Seconds opening = std::chrono::steady_clock::now() - start;
  const std::size_t after = ResidentBytes();
  const auto compacting = std::chrono::steady_clock::now();
  Must((*log)->Compact());
  const Seconds compaction = std::chrono::steady_clock::now() - compacting;
  std::printf(
      "%d sessions of %d bytes: %.0f bytes each in memory, opened in %.2f s, "
      "written anew in %.2f s\n",
      sessions, static_cast<int>((*log)->file_size() / (*log)->size()),
      static_cast<double>(after - before) / sessions, opening.count(),
      compaction.count());
}

int Run(int count, char** arguments) {
  bool is_quick = false;
  std::string under = std::filesystem::temp_directory_path();
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--quick") {
      is_quick = true;
    } else {
      under = argument;
    }
  }
  std::string folder = under + "/session-log-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) {
    std::fprintf(stderr, "session_log_bench: no folder in %s\n", under.c_str());
    return 1;
  }
  MeasureRotations(folder, is_quick);
  MeasureMemory(folder, is_quick ? 100'000 : 1'000'000);
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace clone_auth

int main(int count, char** arguments) {
  return clone_auth::Run(count, arguments);
}
