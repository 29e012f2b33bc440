#pragma once
/// Lets CHECK(result) say what went wrong instead of not compiling.

#include <catch2/catch.hpp>

#include "workflow/core/result.hpp"

template <class T>
struct Catch::StringMaker<boost::system::result<T, kyhan::Error>> {
  static std::string convert(const boost::system::result<T, kyhan::Error>& result) {
    return result ? "a value" : result.error().type + ": " + result.error().detail.en;
  }
};
