#include "support/table.h"

#include <algorithm>

#include "support/text.h"

namespace console {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 6;

}  // namespace

std::vector<std::size_t> FitColumns(const Table& table, std::size_t width) {
  std::vector<std::size_t> widths;
  std::size_t total = 0;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    std::size_t widest = WidthOf(table.columns[i].name);
    for (const auto& row : table.rows) {
      widest = std::max(widest, WidthOf(row[i]));
    }
    widths.push_back(widest);
    total += widest + (i == 0 ? 0 : kGap);
  }
  while (width != 0 && total > width) {
    std::size_t* widest = nullptr;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (!table.columns[i].may_be_cut || widths[i] <= kNarrowest) continue;
      if (widest == nullptr || widths[i] > *widest) widest = &widths[i];
    }
    if (widest == nullptr) break;
    --*widest;
    --total;
  }
  return widths;
}

}  // namespace console
