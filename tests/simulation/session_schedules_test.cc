// Random schedules of everything that loses sessions elsewhere: several
// processes with one stored session, crashes at every step, lost requests and
// answers, outages, disks that are full, locks that are stuck, clocks that are
// set and machines that sleep. CLONE_AUTH_SEED=n plays one of them again.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "clone/durable_session.h"
#include "clone/testing/fake_random.h"
#include "clone/token_inspection.h"
#include "gtest/gtest.h"
#include "simulation/world.h"

namespace clone_auth {
namespace {

using namespace testing;  // NOLINT: the support is made for these tests

constexpr char kMe[] = "https://api.example/api/auth/me/";
constexpr minutes kTrouble{200};
constexpr minutes kCalm{80};

/// A request on its way, which may outlive the process that sent it.
struct Exchange {
  TokenSession::Send send;
  WallTime arrives_at{};
  std::optional<WallTime> answers_at;
  Result<HttpResponse> outcome = Status(Reason::kConnectionLost);
};

struct Process {
  std::unique_ptr<DurableSession> session;  // null: not running
  std::optional<Exchange> exchange;
  WallTime wakes_at{};
  std::string own_access;  // what it was given itself
};

class Schedule {
 public:
  Schedule(std::uint64_t seed, bool is_told)
      : is_told_(is_told),
        dice_(seed),
        random_(seed),
        processes_(static_cast<std::size_t>(1 + seed % 4)) {
    StoredSession first{kSimulatedUrl, server_.FirstTokens(clock_.True())};
    first.tokens.received_at = clock_.Now();
    store_.Put(first);
    for (Process& process : processes_) {
      process.wakes_at = clock_.True() + dice_.Within(minutes(5));
    }
  }

  void Run() {
    const WallTime calm_at = clock_.True() + kTrouble;
    while (clock_.True() < calm_at && !Failed()) Step(true);
    is_down_ = false;
    store_.is_full = store_.is_stuck = false;
    const WallTime end = clock_.True() + kCalm;
    while (clock_.True() < end && !Failed()) Step(false);
    if (is_exempt_ || Failed()) return;
    EXPECT_FALSE(server_.has_ended()) << "the session is lost";
    EXPECT_EQ(server_.spent_twice(), 0) << "a token was spent by two";
    for (Process& process : processes_) {
      if (process.session == nullptr) continue;
      EXPECT_TRUE(process.session->HeaderFor("GET", kMe).ok());
    }
    EXPECT_LE(server_.exchanges(), 400) << "a storm";
  }

  bool is_exempt() const { return is_exempt_; }
  int crashes() const { return crashes_; }
  int exchanges() const { return server_.exchanges(); }

 private:
  static bool Failed() { return ::testing::Test::HasFailure(); }

  void Step(bool is_troubled) {
    Process& next = Next();
    clock_.GoTo(Due(next));
    store_.crashes_in_thousand = is_troubled ? 20 : 0;
    if (is_troubled) Disturb();
    DeliverOrphans();
    try {
      if (is_troubled && dice_.Hits(10)) throw Crash();
      Attend(next, is_troubled);
    } catch (const Crash&) {
      Bury(next);
    }
  }

  static WallTime Due(const Process& process) {
    if (!process.exchange) return process.wakes_at;
    return process.exchange->answers_at.value_or(process.exchange->arrives_at);
  }
  Process& Next() {
    return *std::min_element(
        processes_.begin(), processes_.end(),
        [](const Process& a, const Process& b) { return Due(a) < Due(b); });
  }

  void Disturb() {
    if (dice_.Hits(10)) is_down_ = !is_down_;
    if (dice_.Hits(store_.is_full ? 50 : 3)) store_.is_full = !store_.is_full;
    if (dice_.Hits(10)) store_.is_stuck = !store_.is_stuck;
    if (dice_.Hits(10)) clock_.Set(minutes(dice_.Below(600) - 300));
    if (dice_.Hits(10)) clock_.Sleep(minutes(dice_.Below(180)));
  }

  void Attend(Process& process, bool is_troubled) {
    if (process.session == nullptr) {
      Start(process);
    } else if (!process.exchange) {
      Poll(process, is_troubled);
    } else if (!process.exchange->answers_at) {
      Tell(process, "has its request arrive");
      Arrive(*process.exchange, is_troubled);
    } else {
      Answer(process);
    }
  }

  void Start(Process& process) {
    auto stored = store_.Load();
    TokenSessionOptions options;
    options.base_url = kSimulatedUrl;
    options.session_name = "simulated";
    auto session = TokenSession::Create(options, std::move((*stored)->tokens),
                                        clock_.Now(), random_);
    ASSERT_TRUE(session.ok());
    process.session = DurableSession::Create(
        std::move(session).value(),
        std::shared_ptr<TokenStore>(std::shared_ptr<void>(), &store_),
        {&clock_, {}});
    process.own_access.clear();
    Tell(process, "starts");
    process.wakes_at = clock_.True();
  }

  void Poll(Process& process, bool is_troubled) {
    DurableSession& session = *process.session;
    CheckHeader(process);
    const bool is_forced = is_troubled && dice_.Hits(20);
    auto step = is_forced ? session.Start() : session.Poll();
    if (auto* send = std::get_if<TokenSession::Send>(&step)) {
      CheckIntent(*send);
      Tell(process,
           "sends " + send->request.body + " under " + send->idempotency_key);
      process.exchange = Exchange{
          std::move(*send), clock_.True() + dice_.Within(seconds(2)), {}};
      return;
    }
    if (const auto* ended = std::get_if<TokenSession::Ended>(&step)) {
      EXPECT_TRUE(is_exempt_) << ended->why.ToString();
      process.wakes_at = clock_.True() + minutes(10);
      return;
    }
    const auto* ready = std::get_if<TokenSession::Ready>(&step);
    const WallTime until = ready != nullptr
                               ? ready->until
                               : std::get<TokenSession::WaitUntil>(step).until;
    const auto wait = std::clamp<WallTime::duration>(
        until - session.Now(), std::chrono::milliseconds(1), minutes(10));
    process.wakes_at = clock_.True() + wait;
  }

  /// What a process sends is in the store, with its key, unless that is full.
  void CheckIntent(const TokenSession::Send& send) {
    const SessionTokens& tokens = store_.stored().tokens;
    const bool is_recorded =
        tokens.idempotency_key == send.idempotency_key &&
        send.request.body ==
            R"({"refresh":")" + std::string(tokens.refresh.Reveal()) + "\"}";
    if (!is_recorded && store_.is_full) is_exempt_ = true;
    EXPECT_TRUE(is_recorded || is_exempt_) << "sent before it was recorded";
  }

  void Arrive(Exchange& exchange, bool is_troubled) {
    exchange.answers_at =
        clock_.True() +
        dice_.Within(dice_.Hits(100) ? seconds(30) : seconds(3));
    const bool is_request_lost = is_troubled && dice_.Hits(50);
    if (is_request_lost) return;
    if (is_down_) {
      static const int kStatuses[] = {429, 500, 502, 503};
      exchange.outcome = HttpResponse{kStatuses[dice_.Below(4)], {}, "<html>"};
      return;
    }
    HttpResponse answer = server_.Handle(exchange.send.request, clock_.True());
    const bool is_answer_lost = is_troubled && dice_.Hits(150);
    if (!is_answer_lost) exchange.outcome = std::move(answer);
  }

  void Answer(Process& process) {
    const Exchange exchange = *std::exchange(process.exchange, std::nullopt);
    process.wakes_at = clock_.True();
    const auto before = process.session->session().generation();
    Tell(process,
         "is answered: " + (exchange.outcome.ok()
                                ? exchange.outcome->body
                                : exchange.outcome.status().ToString()));
    process.session->Complete(exchange.send.attempt, exchange.outcome);
    if (process.session->session().generation() != before &&
        exchange.outcome.ok() && exchange.outcome->status == 200) {
      process.own_access = process.session->session().tokens().access.Reveal();
    }
  }

  /// No expired token is handed out for longer than a second: a clock that is
  /// set back by just as long as the machine slept is noticed after that.
  void CheckHeader(const Process& process) {
    if (!HandsOutExpired(process)) return;
    clock_.GoTo(clock_.True() + seconds(1));
    EXPECT_FALSE(HandsOutExpired(process)) << "an expired token is handed out";
  }

  bool HandsOutExpired(const Process& process) const {
    const auto header = process.session->HeaderFor("GET", kMe);
    if (!header.ok()) return false;
    const std::string access(header->value.substr(7));
    const auto token = InspectToken(access);
    // A token that was stored before the clock was set and read after that may
    // be taken for younger than it is: what is stored is wall time.
    const bool may_be_late =
        access != process.own_access && *token->issued_at <= clock_.set_at();
    return !may_be_late && clock_.True() >= *token->expires_at + seconds(1);
  }

  void Bury(Process& process) {
    ++crashes_;
    Tell(process, "crashes");
    // What was on its way may still arrive.
    if (process.exchange && !process.exchange->answers_at && dice_.Hits(500)) {
      orphans_.push_back(*std::move(process.exchange));
    }
    process.exchange.reset();
    process.session.reset();
    process.wakes_at = clock_.True() + dice_.Within(minutes(2));
  }

  void DeliverOrphans() {
    for (Exchange& orphan : orphans_) {
      if (!is_down_) server_.Handle(orphan.send.request, orphan.arrives_at);
    }
    orphans_.clear();
  }

  /// Of a schedule that is played again, each step is printed.
  void Tell(const Process& process, const std::string& what) const {
    if (!is_told_) return;
    const auto second = std::chrono::duration_cast<seconds>(clock_.SinceBoot());
    std::printf("%6lld s  process %td  %s\n",
                static_cast<long long>(second.count()),
                &process - processes_.data(), what.c_str());
  }

  const bool is_told_;
  Dice dice_;
  FakeRandom random_;
  MachineClock clock_;
  SimulatedStore store_{dice_};
  RotatingServer server_;
  std::vector<Process> processes_;
  std::vector<Exchange> orphans_;
  bool is_down_ = false;
  bool is_exempt_ = false;
  int crashes_ = 0;
};

class SessionSchedules : public ::testing::TestWithParam<int> {};

// Of each part; of all, 100,000.
#ifdef CLONE_AUTH_SANITIZE_ADDRESS
constexpr std::uint64_t kSchedules = 10;
#else
constexpr std::uint64_t kSchedules = 6'250;
#endif

// Once the disk is full, a process whose token has expired goes on from memory
// alone; should it crash then, the session may be lost. Those schedules count
// for nothing but that no expired token is handed out.
TEST_P(SessionSchedules, LoseNoSessionAndSpendNoTokenTwice) {
  std::uint64_t seed = static_cast<std::uint64_t>(GetParam()) * kSchedules;
  std::uint64_t end = seed + kSchedules;
  const char* chosen = std::getenv("CLONE_AUTH_SEED");
  if (chosen != nullptr) {
    seed = std::strtoull(chosen, nullptr, 10);
    end = seed + 1;
  }
  unsigned long long exempt = 0;
  unsigned long long crashes = 0;
  unsigned long long exchanges = 0;
  for (; seed < end; ++seed) {
    SCOPED_TRACE("CLONE_AUTH_SEED=" + std::to_string(seed));
    Schedule schedule(seed, chosen != nullptr);
    schedule.Run();
    if (HasFailure()) return;
    if (schedule.is_exempt()) ++exempt;
    crashes += static_cast<unsigned>(schedule.crashes());
    exchanges += static_cast<unsigned>(schedule.exchanges());
  }
  std::printf("%llu exchanges, %llu crashes, %llu schedules with a full disk\n",
              exchanges, crashes, exempt);
  EXPECT_GE(crashes, exchanges / 100) << "the schedules are too calm";
}

// Parts, so that all processors have some and none takes long.
INSTANTIATE_TEST_SUITE_P(Part, SessionSchedules, ::testing::Range(0, 16));

}  // namespace
}  // namespace clone_auth
