#pragma once

// Welch's t of two series of times, as dudect takes it: the slowest are left
// out, since they tell of interrupts.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace clone_auth::timing {

struct Moments {
  double mean = 0;
  double variance = 0;
  std::size_t count = 0;
};

inline Moments MomentsOf(const std::vector<double>& times, double limit) {
  Moments moments;
  double squares = 0;
  for (const double time : times) {
    if (time > limit) continue;
    ++moments.count;
    const double off = time - moments.mean;
    moments.mean += off / static_cast<double>(moments.count);
    squares += off * (time - moments.mean);
  }
  if (moments.count > 1) {
    moments.variance = squares / static_cast<double>(moments.count - 1);
  }
  return moments;
}

/// `kept` is the share of all times, the fastest, that count.
inline double LimitOf(std::vector<double> all, double kept) {
  const auto at =
      static_cast<std::ptrdiff_t>(kept * static_cast<double>(all.size() - 1));
  std::nth_element(all.begin(), all.begin() + at, all.end());
  return all[static_cast<std::size_t>(at)];
}

inline double WelchT(const Moments& a, const Moments& b) {
  const double error = a.variance / static_cast<double>(a.count) +
                       b.variance / static_cast<double>(b.count);
  return error > 0 ? (a.mean - b.mean) / std::sqrt(error) : 0;
}

}  // namespace clone_auth::timing
