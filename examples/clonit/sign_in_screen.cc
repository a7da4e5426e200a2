#include "sign_in_screen.h"

#include <unistd.h>

#include <cstdio>

#include "clone/browser.h"
#include "qr_code.h"
#include "support/terminal.h"
#include "support/text.h"

namespace clonit {
namespace {

using clone_auth::DevicePrompt;
using clone_auth::SystemClock;
using clone_auth::WallTime;
using console::ShowsColours;
using console::TerminalWidth;

std::string InWords(std::chrono::seconds left) {
  const auto minutes = left.count() / 60;
  const std::string seconds = std::to_string(left.count() % 60) + " s";
  return minutes == 0 ? seconds : std::to_string(minutes) + " min " + seconds;
}

}  // namespace

SignInScreen::SignInScreen(const Options& options, Output& out)
    : options_(options),
      out_(out),
      columns_(options.json ? 0 : TerminalWidth(STDOUT_FILENO)),
      countdown_columns_(
          options.json || options.quiet ? 0 : TerminalWidth(STDERR_FILENO)) {}

SignInScreen::~SignInScreen() { CountDown(""); }

void SignInScreen::Show(const DevicePrompt& prompt) {
  const std::string& whole = prompt.verification_uri_complete.empty()
                                 ? prompt.verification_uri
                                 : prompt.verification_uri_complete;
  until_ = prompt.expires_at;
  if (columns_ > 0) {
    out_.PrintLine("Type this code at the page below, on any device:",
                   Style::kBold);
  }
  is_read_ = out_.PrintForPerson(prompt.user_code) &&
             out_.PrintForPerson(prompt.verification_uri);
  if (!is_read_) return;
  ShowQrCode(whole);
  if (options_.no_browser) return;
  // Where none can be opened, there is the page to be typed.
  [[maybe_unused]] const auto opened = clone_auth::OpenBrowser(whole);
}

void SignInScreen::Show(const std::string& url, WallTime until) {
  until_ = until;
  if (columns_ > 0) {
    out_.PrintLine("Sign in at this page, on this machine:", Style::kBold);
  }
  is_read_ = out_.PrintForPerson(url);
}

void SignInScreen::ShowQrCode(const std::string& url) {
  const bool has_colours = ShowsColours(STDOUT_FILENO);
  for (const std::string& line :
       QrCode(url, columns_, has_colours ? QrInk::kDark : QrInk::kLight)) {
    // Black on white, whatever the terminal's colours are.
    out_.PrintRaw(has_colours ? "\x1b[30;107m" + line + "\x1b[0m" : line);
  }
  is_read_ = out_.Flush();
}

bool SignInScreen::Wait(std::chrono::nanoseconds time) {
  if (!is_read_ || interrupt_.came()) return false;
  const auto left =
      std::chrono::ceil<std::chrono::seconds>(until_ - SystemClock().Now());
  if (left.count() > 0) {
    CountDown("waiting for you to agree there, " + InWords(left) +
              " left; Ctrl-C gives up");
  }
  interrupt_.SleepFor(time);
  return !interrupt_.came();
}

// In the place of what it said before, on one line.
void SignInScreen::CountDown(std::string_view text) {
  if (countdown_columns_ == 0 || (text.empty() && counted_ == 0)) return;
  std::string line = console::CutTo(text, countdown_columns_ - 1);
  const std::size_t width = console::WidthOf(line);
  if (counted_ > width) line.append(counted_ - width, ' ');
  std::fputs(("\r" + line + (text.empty() ? "\r" : "")).c_str(), stderr);
  counted_ = width;
}

}  // namespace clonit
