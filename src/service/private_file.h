#pragma once

// Files that only their owner may read, written so that a crash leaves them
// whole or not there: first as a draft under another name, safe on the disk
// before it gets its own. Errors are store_unavailable, naming the file.

#include <string>
#include <string_view>

#include "clone/result.h"
#include "service/key_file.h"

namespace clone_auth::service {

Status FileFailure(const std::string& path, const std::string& what);

/// True where something has this name, even a link that leads nowhere.
bool Exists(const std::string& path);

/// A new file with mode 0600, open for writing; never one that exists.
Result<OpenFile> NewPrivateFile(const std::string& path);

/// Writes all of `text`.
Status WriteAll(const OpenFile& file, std::string_view text,
                const std::string& path);

/// Makes what was written to the file, or the names in the folder of it, safe.
Status SyncFile(const std::string& path);
Status SyncFolderOf(const std::string& path);

/// A new private copy, safe on the disk but for its name.
Status CopyPrivately(const std::string& from, const std::string& to);

/// Gives the file at `path` the name `name` as well. Errors: already_exists;
/// store_unavailable.
Status Link(const std::string& path, const std::string& name);

/// Gives the file at `path` the name `name` instead, in one step and in the
/// place of what has it.
Status Rename(const std::string& path, const std::string& name);

/// Ok too where there is no such file.
Status Remove(const std::string& path);

/// Removes the file and what SQLite may have left beside it.
Status RemoveDatabase(const std::string& path);

/// The first of `path`, `path-2`, `path-3`, ... that is free.
std::string FreeName(const std::string& path);

}  // namespace clone_auth::service
