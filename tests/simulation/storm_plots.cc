// Writes the figures of docs/scale.md.
//
// usage: storm_plots FOLDER

#include <cstdio>
#include <fstream>
#include <string>

#include "simulation/chart.h"
#include "simulation/storm.h"

namespace clone_auth::simulation {
namespace {

bool Write(const std::string& path, const Storm& storm, Chart chart) {
  chart.series = {
      {"every 50 minutes, again after 5 s", "#c2410c",
       RunFixedTimer(storm).attempts},
      {"RefreshScheduler", "#1d4ed8", RunScheduler(storm).attempts},
  };
  std::ofstream file(path, std::ios::binary);
  file << ToSvg(chart);
  return file.flush().good();
}

bool WriteAll(const std::string& folder) {
  const Chart restart{"All sessions begin within a minute: attempts per second",
                      hours(0),
                      hours(12),
                      {}};
  Storm storm = OutageStorm();
  const Chart outage{
      "The issuer is down for 20 minutes at 6 h: attempts per second",
      hours(5),
      hours(10),
      {}};
  return Write(folder + "/restart.svg", {}, restart) &&
         Write(folder + "/outage.svg", storm, outage);
}

}  // namespace
}  // namespace clone_auth::simulation

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: storm_plots FOLDER\n", stderr);
    return 2;
  }
  if (!clone_auth::simulation::WriteAll(argv[1])) {
    std::fprintf(stderr, "storm_plots: cannot write to %s\n", argv[1]);
    return 1;
  }
}
