# The libraries that the chosen parts stand on. The package config looks for
# the same ones, through this file.
list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}")

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto)
find_package(Sodium 1.0.18 REQUIRED)
find_package(simdjson 3.0 REQUIRED)
if(CLONE_AUTH_BUILD_CLIENT)
  find_package(CURL 7.84 REQUIRED)
  find_package(yaml-cpp REQUIRED)
endif()
if(CLONE_AUTH_BUILD_SERVICE)
  find_package(SQLite3 3.35 REQUIRED)
  find_package(absl REQUIRED)
endif()
