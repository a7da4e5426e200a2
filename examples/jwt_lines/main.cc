// Verifies and signs tokens for whoever drives it through pipes: one JSON
// object a line in, one out, in the same order.

#include <array>
#include <iostream>
#include <string>
#include <string_view>

#include "answer.h"
#include "clone/reason.h"
#include "engine.h"
#include "request.h"

namespace {

using jwt_lines::Engine;
using jwt_lines::kMaxLine;
using jwt_lines::VerifyRequest;

constexpr char kUsage[] =
    "usage: jwt-lines [--c-abi] <requests >answers\n"
    "One JSON object a line, answered in one line each:\n"
    R"( {"op":"verify","token":T,"jwks":{"keys":[...]},"algs":[...],"iss":I,)"
    "\n"
    R"(  "aud":A,"typ":Y,"leeway":SECONDS,"now":EPOCH})"
    "\n"
    R"( {"op":"sign","alg":G,"kid":K,"claims":{...},"typ":Y})"
    "\n"
    "null for iss, aud or typ switches that check off; without now it is the\n"
    "real time. --c-abi goes through libclone_auth.so.\n";

// The next line without its end. What is beyond the limit is dropped.
bool ReadLine(std::istream& input, std::string& line) {
  std::array<char, std::size_t{64} * 1024> piece{};
  line.clear();
  for (bool whole = false; !whole;) {
    input.getline(piece.data(), piece.size());
    const auto size = static_cast<std::size_t>(input.gcount());
    if (input.eof()) {
      line.append(piece.data(), size);
      return !line.empty();
    }
    // Where the piece was too short, it came without the line's end.
    whole = !input.fail();
    input.clear();
    if (line.size() <= kMaxLine) line.append(piece.data(), size - whole);
  }
  return true;
}

std::string Answer(const Engine& engine, std::string_view line) {
  const auto request = jwt_lines::ReadRequest(line);
  if (!request.ok()) {
    return jwt_lines::Refused(request.status().word(),
                              request.status().message());
  }
  const auto* verify = std::get_if<VerifyRequest>(&*request);
  return verify != nullptr
             ? engine.Verify(*verify)
             : engine.Sign(std::get<jwt_lines::SignRequest>(*request));
}

}  // namespace

int main(int argc, char** argv) {
  const bool c_abi = argc == 2 && std::string_view(argv[1]) == "--c-abi";
  if (argc > 1 && !c_abi) {
    std::cerr << kUsage;
    return 2;
  }
  std::ios::sync_with_stdio(false);
  const auto engine =
      c_abi ? jwt_lines::MakeCEngine() : jwt_lines::MakeCppEngine();
  std::string line;
  while (ReadLine(std::cin, line)) {
    std::cout << Answer(*engine, line) << '\n' << std::flush;
  }
  return std::cout.good() ? 0 : 1;
}
