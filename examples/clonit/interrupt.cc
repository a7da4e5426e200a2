#include "interrupt.h"

#include <ctime>

namespace clonit {
namespace {

volatile std::sig_atomic_t caught = 0;

void Catch(int /*number*/) { caught = 1; }

}  // namespace

Interrupt::Interrupt() {
  caught = 0;
  struct sigaction action {};
  action.sa_handler = Catch;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, nullptr, &before_);
  // Whoever started it in the background does not mean it to be interrupted.
  if (before_.sa_handler != SIG_IGN) sigaction(SIGINT, &action, nullptr);
}

Interrupt::~Interrupt() { sigaction(SIGINT, &before_, nullptr); }

bool Interrupt::came() const { return caught != 0; }

void Interrupt::SleepFor(std::chrono::nanoseconds time) const {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(time);
  timespec left{};
  left.tv_sec = static_cast<std::time_t>(whole.count());
  left.tv_nsec = static_cast<long>((time - whole).count());
  nanosleep(&left, nullptr);
}

}  // namespace clonit
