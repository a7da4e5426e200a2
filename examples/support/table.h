#pragma once

// Tables of text for people.

#include <cstddef>
#include <string>
#include <vector>

namespace console {

struct Column {
  std::string name;
  bool may_be_cut = true;
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;
};

/// The widths of the columns, at most `width` together with two blanks between
/// them (0: no limit). Only columns that may be cut are cut, the widest first.
std::vector<std::size_t> FitColumns(const Table& table, std::size_t width);

}  // namespace console
