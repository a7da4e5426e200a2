#pragma once

// A figure of rates over hours as SVG, with a logarithmic scale. The same
// bytes for the same numbers.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace clone_auth::simulation {

struct Series {
  std::string name;
  std::string color;
  std::vector<std::uint32_t> attempts;  ///< in each second of the run
};

struct Chart {
  std::string title;
  std::chrono::hours begin{0};
  std::chrono::hours end{0};
  std::vector<Series> series;
};

/// Of each minute it shows the second with the most attempts.
std::string ToSvg(const Chart& chart);

}  // namespace clone_auth::simulation
