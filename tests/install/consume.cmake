# Configures SOURCE in an empty BINARY with the arguments behind "--", builds
# the program "consumer", with no more of the tree than that takes, and runs it.
set(_arguments "")
set(_seen FALSE)
math(EXPR _last "${CMAKE_ARGC} - 1")
foreach(_index RANGE ${_last})
  if(_seen)
    list(APPEND _arguments "${CMAKE_ARGV${_index}}")
  elseif(CMAKE_ARGV${_index} STREQUAL "--")
    set(_seen TRUE)
  endif()
endforeach()

file(REMOVE_RECURSE "${BINARY}")
execute_process(
  COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${BINARY}" ${_arguments}
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(
  COMMAND "${CMAKE_COMMAND}" --build "${BINARY}" --target consumer
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${BINARY}/consumer" COMMAND_ERROR_IS_FATAL ANY)
