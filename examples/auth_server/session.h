#pragma once

// One connection: reads a request, has it answered, sends the answer, and
// again. Lives in its worker's thread.

#include <atomic>
#include <string>
#include <utility>

#include "request_reader.h"
#include "response_text.h"
#include "worker.h"

namespace auth_server {

class Session {
 public:
  Session(Worker& worker, Socket socket);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Task<void> Run();

  /// Ends what took too long. Called by the worker now and then.
  void CheckDeadline(SteadyClock::time_point now);
  /// Ends the connection unless a request has begun.
  void EndIfIdle();

 private:
  using Time = SteadyClock::time_point;

  Task<bool> Receive();
  Task<void> Answer();
  Task<bool> Send();
  Task<bool> Write(std::string_view bytes);
  Task<void> Linger();

  bool CountBody();
  void FreeBody();
  void Begin();
  Refusal WhyRefused() const;
  void Deliver(clone_auth::HttpResponse response);
  void Compose();
  void SetReadDeadline();
  /// Counts and logs the exchange.
  void Record();

  Worker& worker_;
  Socket socket_;
  std::string peer_;
  RequestReader reader_;
  clone_auth::HttpResponse response_;
  std::string out_;
  std::string request_id_;
  std::string method_;
  std::string target_;
  Time began_{};
  Time deadline_{};
  RequestReader::State seen_ = RequestReader::State::kComplete;
  std::size_t body_bytes_ = 0;  ///< of the body here, as the worker counts it
  bool crowded_ = false;
  bool close_ = false;
  bool served_ = false;
  bool lingering_ = false;
  bool timed_out_ = false;

  // The answer may come from another thread, and before anybody waits for it.
  enum class Reply : int { kPending, kAwaited, kHere };
  std::atomic<Reply> reply_{Reply::kPending};
  Timer reply_arrived_;
};

}  // namespace auth_server
