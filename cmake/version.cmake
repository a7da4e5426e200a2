# Reads the version out of the public header, its only home.
file(STRINGS "${CMAKE_CURRENT_LIST_DIR}/../include/clone/version.h" _lines
     REGEX "#define CLONE_AUTH_VERSION_(MAJOR|MINOR|PATCH) ")
set(CLONE_AUTH_VERSION "")
foreach(_line IN LISTS _lines)
  string(REGEX REPLACE ".* ([0-9]+)$" "\\1" _number "${_line}")
  list(APPEND CLONE_AUTH_VERSION "${_number}")
endforeach()
list(JOIN CLONE_AUTH_VERSION "." CLONE_AUTH_VERSION)
