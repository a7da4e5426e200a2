#include "simulation/chart.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace clone_auth::simulation {
namespace {

constexpr int kWidth = 760;
constexpr int kHeight = 340;
constexpr int kLeft = 70;
constexpr int kRight = 740;
constexpr int kTop = 60;
constexpr int kBottom = 290;
// What is a second in each decade.
constexpr const char* kRates[] = {"1",     "10",     "100",
                                  "1,000", "10,000", "100,000"};
constexpr int kDecades = 5;

std::string Text(int x, int y, const std::string& attributes,
                 const std::string& text) {
  return "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) +
         "\" " + attributes + ">" + text + "</text>\n";
}

std::string Line(int x1, int y1, int x2, int y2) {
  return "<path d=\"M" + std::to_string(x1) + " " + std::to_string(y1) + "L" +
         std::to_string(x2) + " " + std::to_string(y2) +
         "\" stroke=\"#ddd\"/>\n";
}

int HeightOf(std::uint32_t rate) {
  const double decades = std::log10(std::max(1.0, static_cast<double>(rate)));
  return kBottom -
         static_cast<int>(std::lround(decades * (kBottom - kTop) / kDecades));
}

int XOf(const Chart& chart, std::chrono::minutes time) {
  const std::chrono::minutes begin = chart.begin, all = chart.end - chart.begin;
  return kLeft + static_cast<int>((kRight - kLeft) * (time - begin).count() /
                                  all.count());
}

std::string Grid(const Chart& chart) {
  std::string svg;
  for (int decade = 0; decade <= kDecades; ++decade) {
    const int y = kBottom - (kBottom - kTop) * decade / kDecades;
    svg += Line(kLeft, y, kRight, y);
    svg += Text(kLeft - 8, y + 4, "text-anchor=\"end\"", kRates[decade]);
  }
  for (auto hour = chart.begin; hour <= chart.end; ++hour) {
    const int x = XOf(chart, hour);
    svg += Line(x, kTop, x, kBottom);
    svg += Text(x, kBottom + 18, "text-anchor=\"middle\"",
                std::to_string(hour.count()));
  }
  svg += Text((kLeft + kRight) / 2, kBottom + 38, "text-anchor=\"middle\"",
              "hours");
  return svg;
}

std::string Curve(const Chart& chart, const Series& series) {
  constexpr std::ptrdiff_t kMinute = 60;
  std::string path;
  int last = -1;
  const std::chrono::minutes end = chart.end;
  for (std::chrono::minutes at = chart.begin; at < end; ++at) {
    const auto first = series.attempts.begin() + at.count() * kMinute;
    const int y = HeightOf(*std::max_element(first, first + kMinute));
    if (y == last) continue;
    const std::string x = std::to_string(XOf(chart, at));
    path += path.empty() ? "M" + x + " " + std::to_string(y)
                         : "H" + x + "V" + std::to_string(y);
    last = y;
  }
  path += "H" + std::to_string(kRight);
  return "<path d=\"" + path + "\" fill=\"none\" stroke=\"" + series.color +
         "\" stroke-width=\"1.5\"/>\n";
}

}  // namespace

std::string ToSvg(const Chart& chart) {
  std::string svg =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " +
      std::to_string(kWidth) + " " + std::to_string(kHeight) +
      "\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#333\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n";
  svg += Text(kLeft, 24, "font-size=\"15\"", chart.title);
  svg += Grid(chart);
  int x = kLeft;
  for (const Series& series : chart.series) {
    svg += Text(x, 46, "fill=\"" + series.color + "\"", series.name);
    x += (kRight - kLeft) / static_cast<int>(chart.series.size());
    svg += Curve(chart, series);
  }
  return svg + "</svg>\n";
}

}  // namespace clone_auth::simulation
