#include "support/output.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "support/terminal.h"
#include "support/text.h"

namespace console {
namespace {

using clone_auth::JsonWriter;
using clone_auth::Status;

constexpr const char* kCodes[] = {"", "1", "32", "33", "31", "2"};

std::string Paint(std::string_view text, Style style, bool colours) {
  const char* code = kCodes[static_cast<std::size_t>(style)];
  if (!colours || *code == '\0') return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

void Write(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

}  // namespace

Output::Output(const OutputOptions& options)
    : program_(options.program),
      json_(options.json),
      quiet_(options.quiet),
      colours_(ShowsColours(STDOUT_FILENO)),
      error_colours_(ShowsColours(STDERR_FILENO)),
      width_(options.width ? static_cast<std::size_t>(*options.width)
                           : TerminalWidth(STDOUT_FILENO)) {}

std::string Output::Styled(std::string_view text, Style style) const {
  return Paint(text, style, colours_);
}

void Output::Print(const Table& table) {
  Table harmless = table;
  for (auto& row : harmless.rows) {
    for (std::string& cell : row) cell = Harmless(cell);
  }
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  const std::vector<std::size_t> widths = FitColumns(harmless, width_);
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string cell = CutTo(cells[i], widths[i]);
      text += cell;
      if (i + 1 == cells.size()) break;
      text.append(widths[i] + 2 - WidthOf(cell), ' ');
    }
    return text;
  };
  Write(stdout, Styled(line(names), Style::kBold) + "\n");
  for (const auto& row : harmless.rows) Write(stdout, line(row) + "\n");
}

void Output::Print(const Fields& fields) {
  std::size_t widest = 0;
  for (const auto& [name, value] : fields) {
    if (!value.empty()) widest = std::max(widest, WidthOf(Harmless(name)));
  }
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    std::string label = Harmless(name);
    label.append(widest + 2 - WidthOf(label), ' ');
    Write(stdout, Styled(label, Style::kFaint) + Harmless(value) + "\n");
  }
}

void Output::PrintLine(std::string_view text, Style style) {
  PrintStyled({{std::string(text), style}});
}

void Output::PrintStyled(
    const std::vector<std::pair<std::string, Style>>& pieces) {
  for (const auto& [text, style] : pieces) {
    Write(stdout, Styled(Harmless(text), style));
  }
  Write(stdout, "\n");
}

void Output::PrintRaw(std::string_view line) {
  Write(stdout, line);
  Write(stdout, "\n");
}

void Output::Print(JsonWriter& writer) { PrintRaw(writer.Take()); }

bool Output::PrintForPerson(std::string_view line) {
  std::FILE* const stream = json_ ? stderr : stdout;
  Write(stream, Harmless(line) + "\n");
  return json_ || Flush();
}

bool Output::Flush() {
  if (std::fflush(stdout) != 0) write_error_ = errno;
  return write_error_ == 0;
}

void Output::Say(std::string_view text) {
  Write(stderr, program_ + ": " + Harmless(text) + "\n");
}

void Output::Note(std::string_view text) {
  if (!quiet_) Say(text);
}

void Output::Warn(std::string_view text) { Say(text); }

void Output::Complain(const Status& status, std::string_view remedy) {
  const std::string line = program_ + ": " +
                           Paint(status.word(), Style::kBad, error_colours_) +
                           ": " + Harmless(status.message()) + "\n";
  Write(stderr, line);
  if (!remedy.empty()) Write(stderr, "  " + std::string(remedy) + "\n");
  if (!json_) return;
  JsonWriter json;
  json.BeginObject().Name("error").String(status.word());
  json.Name("message").String(status.message());
  json.Name("remedy").String(remedy);
  json.Name("http_status");
  if (status.http_status() == 0) {
    json.Null();
  } else {
    json.Int(status.http_status());
  }
  json.EndObject();
  Print(json);
}

bool Output::Finish() {
  if (Flush() && std::ferror(stdout) == 0) return true;
  const int error = write_error_ != 0 ? write_error_ : errno;
  if (error == EPIPE) {
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
  }
  Say("the output cannot be written: " + std::string(std::strerror(error)));
  return false;
}

}  // namespace console
