# Nothing that the tree sets reaches the project that it became a part of.
set(_watched_variables CMAKE_CXX_FLAGS CMAKE_BUILD_TYPE CMAKE_MODULE_PATH
    CMAKE_CXX_STANDARD CMAKE_RUNTIME_OUTPUT_DIRECTORY
    CMAKE_ARCHIVE_OUTPUT_DIRECTORY CMAKE_POSITION_INDEPENDENT_CODE
    BUILD_SHARED_LIBS BUILD_TESTING)
set(_watched_properties COMPILE_OPTIONS COMPILE_DEFINITIONS LINK_OPTIONS
    INCLUDE_DIRECTORIES)

macro(remember_project)
  foreach(_name IN LISTS _watched_variables)
    set(_before_${_name} "${${_name}}")
  endforeach()
  foreach(_name IN LISTS _watched_properties)
    get_directory_property(_before_${_name} ${_name})
  endforeach()
endmacro()

function(check_project)
  foreach(_name IN LISTS _watched_properties)
    get_directory_property(${_name} ${_name})
  endforeach()
  foreach(_name IN LISTS _watched_variables _watched_properties)
    if(NOT "${${_name}}" STREQUAL "${_before_${_name}}")
      message(FATAL_ERROR "${_name} became '${${_name}}'")
    endif()
  endforeach()
  foreach(_library verify client service c)
    if(TARGET clone_auth_${_library})
      get_target_property(_options clone_auth_${_library}
                          INTERFACE_COMPILE_OPTIONS)
      if(_options)
        message(FATAL_ERROR "${_library} gives its users ${_options}")
      endif()
    endif()
  endforeach()
  if(TARGET clone_auth_test_support OR TARGET clone_auth_testing)
    message(FATAL_ERROR "what is for tests is built for another project")
  endif()
endfunction()
