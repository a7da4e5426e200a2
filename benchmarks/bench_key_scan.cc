// How fast text is looked through for API keys, in pieces as files are read.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "clone/api_key_scan.h"

namespace clone_auth {
namespace {

constexpr std::size_t kSize = 16 * 1024 * 1024;
constexpr std::size_t kPiece = 64 * 1024;

/// Lines of words of lower-case letters, as source code has about as many.
std::string Words() {
  std::mt19937 random(1);
  std::string text;
  while (text.size() < kSize) {
    for (std::size_t word = random() % 12; word > 0; --word) {
      for (std::size_t left = 1 + random() % 9; left > 0; --left) {
        text += static_cast<char>('a' + random() % 26);
      }
      text += word % 3 == 0 ? '_' : ' ';
    }
    text += '\n';
  }
  return text;
}

/// What looks most like keys and is none.
std::string Prefixes() {
  std::string text;
  while (text.size() < kSize) text += "clone_u0123456789";
  return text;
}

void Scan(benchmark::State& state, const std::string& text) {
  std::size_t found = 0;
  auto scanner =
      ApiKeyScanner::Create({}, [&](const FoundApiKey&) { ++found; });
  for (auto _ : state) {
    scanner->Restart();
    for (std::size_t at = 0; at < text.size(); at += kPiece) {
      scanner->Feed(std::string_view(text).substr(at, kPiece));
    }
  }
  benchmark::DoNotOptimize(found);
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(text.size()));
}

BENCHMARK_CAPTURE(Scan, words, Words());
BENCHMARK_CAPTURE(Scan, hostile, Prefixes());

}  // namespace
}  // namespace clone_auth
