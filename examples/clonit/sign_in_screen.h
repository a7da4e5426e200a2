#pragma once

// What a person sees who signs in somewhere else meanwhile: the code and the
// page, how long is left, and Ctrl-C to give it up.

#include <chrono>
#include <cstddef>
#include <string>

#include "clone/clock.h"
#include "clone/device_grant.h"
#include "interrupt.h"
#include "options.h"
#include "output.h"

namespace clonit {

class SignInScreen {
 public:
  SignInScreen(const Options& options, Output& out);
  ~SignInScreen();
  SignInScreen(const SignInScreen&) = delete;
  SignInScreen& operator=(const SignInScreen&) = delete;

  /// The code and the page, each on a line of its own; more on a terminal.
  /// Opens the browser, unless the options say not to.
  void Show(const clone_auth::DevicePrompt& prompt);

  /// The page alone, which has to be opened by `until`.
  void Show(const std::string& url, clone_auth::WallTime until);

  /// Tells how long is left, and sleeps for `time` or until a signal comes.
  /// False: it is to be given up.
  bool Wait(std::chrono::nanoseconds time);

 private:
  void ShowQrCode(const std::string& url);
  void CountDown(std::string_view text);

  const Options& options_;
  Output& out_;
  Interrupt interrupt_;
  std::size_t columns_;  // of the terminal; 0 where a person is not at one
  std::size_t countdown_columns_;  // likewise; 0: there is none
  bool is_read_ = true;            // what is shown
  clone_auth::WallTime until_{};
  std::size_t counted_ = 0;  // columns that the countdown takes
};

}  // namespace clonit
