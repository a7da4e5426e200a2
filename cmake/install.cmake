# Install rules: for each library its file, its headers, its targets file
# and its pkg-config file, as the install component clone_auth_<library>.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/clone_auth")
set(_pc_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
file(RELATIVE_PATH PC_PREFIX "/${_pc_dir}" "/")
string(REGEX REPLACE "/$" "" PC_PREFIX "${PC_PREFIX}")

# The archives are ours and static, what they stand on is not: so pkg-config
# names it under Requires, and --static is not needed.
set(_pc_verify_description "Checks JWTs and API keys")
set(_pc_verify_requires "libcrypto >= 3.0, libsodium >= 1.0.18, simdjson >= 3.0")
set(_pc_client_description "Holds a credential and calls the REST API")
set(_pc_client_requires "clone_auth_verify, libcurl >= 7.84, yaml-cpp")
set(_pc_service_description "The identity service as a library")
set(_pc_service_requires
    "clone_auth_verify, sqlite3 >= 3.35, absl_flat_hash_map, absl_strings, absl_time")
set(_pc_testing_description "Fakes and a misbehaving auth server, for tests")
set(_pc_testing_requires "clone_auth_verify")
# The shared library brings what it needs by itself.
set(_pc_c_description "Credentials, sessions, API keys and JWTs for C and other languages")
set(_pc_c_requires "")

foreach(_name IN LISTS CLONE_AUTH_LIBRARIES)
  install(TARGETS clone_auth_${_name}
    EXPORT clone_auth-${_name}
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
      COMPONENT clone_auth_${_name}
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
      COMPONENT clone_auth_${_name}
    FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
      COMPONENT clone_auth_${_name})
  install(EXPORT clone_auth-${_name}
    NAMESPACE clone_auth::
    DESTINATION "${_cmake_dir}"
    COMPONENT clone_auth_${_name})

  # The library's own file name: libclone_auth_verify.a, libclone_auth.so.
  get_target_property(PC_NAME clone_auth_${_name} OUTPUT_NAME)
  if(NOT PC_NAME)
    set(PC_NAME clone_auth_${_name})
  endif()
  set(PC_DESCRIPTION "${_pc_${_name}_description}")
  set(PC_REQUIRES "${_pc_${_name}_requires}")
  configure_file(cmake/clone_auth.pc.in
    "${PROJECT_BINARY_DIR}/install/${PC_NAME}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/install/${PC_NAME}.pc"
    DESTINATION "${_pc_dir}"
    COMPONENT clone_auth_${_name})
endforeach()

configure_package_config_file(cmake/clone_authConfig.cmake.in
  "${PROJECT_BINARY_DIR}/install/clone_authConfig.cmake"
  INSTALL_DESTINATION "${_cmake_dir}"
  NO_SET_AND_CHECK_MACRO)
# While the version is 0.x, each minor version may change the API.
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/install/clone_authConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
    "${PROJECT_BINARY_DIR}/install/clone_authConfig.cmake"
    "${PROJECT_BINARY_DIR}/install/clone_authConfigVersion.cmake"
    cmake/dependencies.cmake
    cmake/FindSodium.cmake
  DESTINATION "${_cmake_dir}"
  COMPONENT clone_auth_verify)

# For whoever runs the server: what systemd needs to know.
if("service" IN_LIST CLONE_AUTH_LIBRARIES)
  install(FILES examples/auth_server/clone-auth-server.service
    DESTINATION "${CMAKE_INSTALL_DATAROOTDIR}/doc/clone-auth"
    COMPONENT clone_auth_service)
endif()
