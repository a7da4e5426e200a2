# libqrencode ships a pkg-config file and no CMake one: defines
# Qrencode::qrencode.
find_package(PkgConfig QUIET)
pkg_check_modules(PC_QRENCODE QUIET libqrencode)
find_path(QRENCODE_INCLUDE_DIR qrencode.h HINTS ${PC_QRENCODE_INCLUDE_DIRS})
find_library(QRENCODE_LIBRARY qrencode HINTS ${PC_QRENCODE_LIBRARY_DIRS})
mark_as_advanced(QRENCODE_INCLUDE_DIR QRENCODE_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Qrencode
  REQUIRED_VARS QRENCODE_LIBRARY QRENCODE_INCLUDE_DIR
  VERSION_VAR PC_QRENCODE_VERSION)

if(Qrencode_FOUND AND NOT TARGET Qrencode::qrencode)
  add_library(Qrencode::qrencode UNKNOWN IMPORTED)
  set_target_properties(Qrencode::qrencode PROPERTIES
    IMPORTED_LOCATION "${QRENCODE_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${QRENCODE_INCLUDE_DIR}")
endif()
