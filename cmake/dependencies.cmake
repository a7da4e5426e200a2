# What each library stands on: the arguments of find_package. The build and
# the installed package config both walk these lists.
set(CLONE_AUTH_NEEDS_verify
  "Threads" "OpenSSL 3.0 COMPONENTS Crypto" "Sodium 1.0.18" "simdjson 3.0")
set(CLONE_AUTH_NEEDS_client "CURL 7.87" "yaml-cpp")
set(CLONE_AUTH_NEEDS_service "SQLite3 3.35" "absl")

# FindSodium.cmake lies beside this file, in the tree and where installed.
list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}")
