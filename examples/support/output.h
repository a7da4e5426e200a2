#pragma once

// What the program says. What was asked for goes to standard output, as text
// for people or as one JSON object for programs; everything else goes to
// standard error. Text of others is made harmless on the way.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clone/clock.h"
#include "clone/json.h"
#include "clone/status.h"
#include "support/table.h"

namespace console {

enum class Style { kPlain, kBold, kGood, kWarning, kBad, kFaint };

/// Names and values, one to a line; those without a value are left out.
using Fields = std::vector<std::pair<std::string, std::string>>;

struct OutputOptions {
  std::string program;  ///< begins each line on standard error
  bool json = false;
  bool quiet = false;
  /// Columns of a table; 0: as many as it takes. Empty: the terminal's.
  std::optional<int> width;
};

class Output {
 public:
  explicit Output(const OutputOptions& options);

  bool json() const { return json_; }

  void Print(const Table& table);
  void Print(const Fields& fields);
  void PrintLine(std::string_view text, Style style = Style::kPlain);
  /// One line out of pieces of several styles.
  void PrintStyled(const std::vector<std::pair<std::string, Style>>& pieces);
  /// For what must reach the reader byte for byte, such as a key.
  void PrintRaw(std::string_view line);
  /// The object that `writer` holds.
  void Print(clone_auth::JsonWriter& writer);

  /// A line that a person has to see for the program to go on, at once and as
  /// it is but for what could steer a terminal: on standard output, which with
  /// --json belongs to the object, so then on standard error. False where it
  /// cannot be written; Finish() says why.
  bool PrintForPerson(std::string_view line);

  /// Writes out what was printed, for a reader that waits for it. False where
  /// it cannot be written; Finish() says why.
  bool Flush();

  /// A remark on standard error; none with --quiet.
  void Note(std::string_view text);
  /// The same, but never silenced.
  void Warn(std::string_view text);

  /// Says why it failed, on standard error and with --json also as an object
  /// on standard output. `remedy` says what to do next, where that is known.
  void Complain(const clone_auth::Status& status, std::string_view remedy);

  /// Writes out what is left. Where the reader has gone, the program ends as
  /// one does that a closed pipe ends; false where it cannot be written for
  /// another reason, which was then said.
  bool Finish();

 private:
  /// `text` in that style, where standard output shows colours.
  std::string Styled(std::string_view text, Style style) const;

  void Say(std::string_view text);

  std::string program_;
  bool json_;
  bool quiet_;
  bool colours_;
  bool error_colours_;
  std::size_t width_;    // 0: no limit
  int write_error_ = 0;  // errno of a Flush() that failed
};

}  // namespace console
