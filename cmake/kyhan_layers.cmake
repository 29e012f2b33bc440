# kyhan_layer(<name> DEPENDS <layers and libraries below>)
# One folder, one static library `kyhan_<name>`, made of every .cpp beside its CMakeLists.txt.
function(kyhan_layer name)
  cmake_parse_arguments(arg "" "" "DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(NOT sources)
    file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/empty.cpp "")
    set(sources ${CMAKE_CURRENT_BINARY_DIR}/empty.cpp)
  endif()
  add_library(kyhan_${name} STATIC ${sources})
  target_link_libraries(kyhan_${name}
    PUBLIC kyhan_options nlohmann_json::nlohmann_json ${arg_DEPENDS}
    PRIVATE ${arg_PRIVATE_DEPENDS})
  target_precompile_headers(kyhan_${name} PRIVATE
    <nlohmann/json.hpp> <chrono> <map> <memory> <optional> <string> <variant> <vector>)
  set_target_properties(kyhan_${name} PROPERTIES LINKER_LANGUAGE CXX)
endfunction()

# kyhan_test(<layer>): tests/<layer>/*.cpp as one Catch2 program `<layer>_test` that links that
# layer alone, so it also proves what the layer needs. With LAYER another one than its name.
function(kyhan_test name)
  cmake_parse_arguments(arg "" "LAYER" "DEPENDS" ${ARGN})
  if(NOT arg_LAYER)
    set(arg_LAYER ${name})
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(${name}_test ${sources})
  target_link_libraries(${name}_test PRIVATE kyhan_${arg_LAYER} kyhan_catch ${arg_DEPENDS})
  target_precompile_headers(${name}_test PRIVATE <nlohmann/json.hpp> <catch2/catch.hpp>)
  target_compile_definitions(${name}_test PRIVATE KYHAN_SOURCE_DIR="${CMAKE_SOURCE_DIR}" KYHAN_BINARY_DIR="${CMAKE_BINARY_DIR}")
  # Built once and run once: tests are worth compiling fast, the layers under them stay as released.
  target_compile_options(${name}_test PRIVATE $<$<CONFIG:RelWithDebInfo>:-O0>)
  set_target_properties(${name}_test PROPERTIES ENABLE_EXPORTS ON)
  add_test(NAME ${name} COMMAND ${name}_test)
  set_tests_properties(${name} PROPERTIES TIMEOUT 600)
endfunction()
