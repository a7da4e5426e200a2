#pragma once

// The terminal: what it shows, and how it is asked for a secret.

#include <cstddef>
#include <string>

#include "clone/result.h"
#include "clone/secret.h"

namespace console {

/// True where the file is a terminal that knows colours and NO_COLOR is unset.
bool ShowsColours(int fd);

/// Columns of the terminal that the file is; 0 where it is none.
std::size_t TerminalWidth(int fd);

/// True if a secret would be asked for and not read from standard input.
bool AsksForSecrets();

/// A line from standard input or, where that is a terminal, from the terminal
/// after `prompt`, without echo; the end of line is not part of it. A signal
/// that comes meanwhile finds the terminal as it was before. Errors:
/// invalid_argument (empty, or too long), internal (no terminal).
clone_auth::Result<clone_auth::Secret> ReadSecret(const std::string& prompt);

}  // namespace console
