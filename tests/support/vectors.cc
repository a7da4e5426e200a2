#include "support/vectors.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace clone_auth::testing {
namespace {

std::optional<std::string> Read(std::string path, std::string_view name) {
  path += '/';
  path += name;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

std::string OwnVectors(std::string_view name) {
  return Read(CLONE_AUTH_OWN_VECTORS, name).value_or("");
}

std::optional<std::string> SharedVectors(std::string_view name) {
  const char* folder = std::getenv("CLONE_AUTH_VECTORS");
  return Read(folder != nullptr ? folder : CLONE_AUTH_SHARED_VECTORS, name);
}

}  // namespace clone_auth::testing
