# Compiler settings every target shares, as one interface library.
add_library(kyhan_options INTERFACE)
target_include_directories(kyhan_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(kyhan_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Werror)
target_compile_definitions(kyhan_options INTERFACE
  KYHAN_VERSION="${PROJECT_VERSION}"
  BOOST_ASIO_NO_DEPRECATED
  SPDLOG_FMT_EXTERNAL SPDLOG_COMPILED_LIB FMT_SHARED)

option(KYHAN_ASAN "Address and undefined behaviour sanitizers" OFF)
option(KYHAN_TSAN "Thread sanitizer" OFF)
if(KYHAN_ASAN)
  target_compile_options(kyhan_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(kyhan_options INTERFACE -fsanitize=address,undefined)
endif()
if(KYHAN_TSAN)
  target_compile_options(kyhan_options INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
  target_link_options(kyhan_options INTERFACE -fsanitize=thread)
endif()

find_program(KYHAN_CCACHE ccache)
if(KYHAN_CCACHE)
  # The sloppiness is what ccache needs to serve precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros ${KYHAN_CCACHE})
endif()
find_program(KYHAN_MOLD mold)
if(KYHAN_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(date REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(rabbitmq REQUIRED IMPORTED_TARGET librabbitmq)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
