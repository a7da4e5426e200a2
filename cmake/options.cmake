# What can be chosen, and the flags that follow from it. Everything but the
# library is off where the tree is part of another project.
option(CLONE_AUTH_BUILD_CLIENT "Build clone_auth::client" ON)
option(CLONE_AUTH_BUILD_SERVICE "Build clone_auth::service" ON)
option(CLONE_AUTH_BUILD_C "Build clone_auth::c, the shared library for C" ON)
option(CLONE_AUTH_BUILD_TESTING "Build clone_auth::testing, for tests of users"
  ${PROJECT_IS_TOP_LEVEL})
option(CLONE_AUTH_BUILD_EXAMPLES "Build the example programs" ${PROJECT_IS_TOP_LEVEL})
option(CLONE_AUTH_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(CLONE_AUTH_BUILD_BENCHMARKS "Build the benchmarks" ${PROJECT_IS_TOP_LEVEL})
option(CLONE_AUTH_INSTALL "Make install rules" ${PROJECT_IS_TOP_LEVEL})
option(CLONE_AUTH_WERROR "Treat warnings as errors" OFF)
option(CLONE_AUTH_COVERAGE "Count executed lines" OFF)
option(CLONE_AUTH_PRECOMPILE
  "Read the standard library's and GoogleTest's headers once, not for each file"
  OFF)
set(CLONE_AUTH_SANITIZE "" CACHE STRING
  "address (with undefined), thread, or fuzz (address with libFuzzer; clang)")
set_property(CACHE CLONE_AUTH_SANITIZE PROPERTY STRINGS "" address thread fuzz)

set(CLONE_AUTH_LIBRARIES verify)
foreach(_library client service testing c)
  string(TOUPPER ${_library} _option)
  if(CLONE_AUTH_BUILD_${_option})
    list(APPEND CLONE_AUTH_LIBRARIES ${_library})
  endif()
endforeach()

if(PROJECT_IS_TOP_LEVEL)
  if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
  endif()
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
  set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
  set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
endif()

# Flags of our own targets; nothing here reaches whoever links them.
add_library(clone_auth_flags INTERFACE)
target_compile_options(clone_auth_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  $<$<BOOL:${CLONE_AUTH_WERROR}>:-Werror>)
target_compile_definitions(clone_auth_flags INTERFACE OPENSSL_NO_DEPRECATED)

if(CLONE_AUTH_SANITIZE STREQUAL "address")
  set(_sanitize -fsanitize=address,undefined -fno-sanitize-recover=all
      -fno-omit-frame-pointer)
elseif(CLONE_AUTH_SANITIZE STREQUAL "thread")
  set(_sanitize -fsanitize=thread -fno-omit-frame-pointer)
  # Thread sanitizer does not know Asio's fences.
  target_compile_definitions(clone_auth_flags
    INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
elseif(CLONE_AUTH_SANITIZE STREQUAL "fuzz")
  # Only the targets of tests/fuzz bring libFuzzer's main.
  set(_sanitize -fsanitize=address,undefined,fuzzer-no-link
      -fno-sanitize-recover=all -fno-omit-frame-pointer)
elseif(CLONE_AUTH_SANITIZE)
  message(FATAL_ERROR "CLONE_AUTH_SANITIZE is 'address', 'thread' or 'fuzz'")
endif()
if(_sanitize)
  # For tests: what a compiler defines of its own is another for each.
  string(TOUPPER "CLONE_AUTH_SANITIZE_${CLONE_AUTH_SANITIZE}" _definition)
  target_compile_definitions(clone_auth_flags INTERFACE ${_definition})
  add_compile_options(${_sanitize})
  add_link_options(${_sanitize})
endif()
# Of what is in src/; nobody asks which lines of a test were executed.
set(CLONE_AUTH_COVERAGE_OPTIONS "")
if(CLONE_AUTH_COVERAGE)
  set(CLONE_AUTH_COVERAGE_OPTIONS --coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()
