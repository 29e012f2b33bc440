#pragma once
/// What an evaluation at run time gives: the value, or the language's error.

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "workflow/core/json.hpp"
#include "workflow/core/result.hpp"

namespace kyhan {

/// The error object of the language (language.md R1).
struct WorkflowError {
  std::string type;
  int status = 500;
  std::string title;
  std::string detail;
  std::string instance;  ///< JSON Pointer of the step.
  Json extra;            ///< Author's own members; null: none.
  template <class V>
  void fields(V& v) {
    v("type", type), v("status", status), v("title", title), v("detail", detail),
        v("instance", instance), v("extra", extra);
  }
  friend bool operator==(const WorkflowError&, const WorkflowError&) = default;
};

template <class T>
using Outcome = boost::system::result<T, WorkflowError>;

[[noreturn]] inline void throw_exception_from_error(const WorkflowError& error,
                                                    const boost::source_location&) {
  throw std::logic_error("unchecked Outcome: " + error.detail);
}

/// A Json as an Outcome: nlohmann's implicit conversions make the plain return ambiguous.
[[nodiscard]] inline Outcome<Json> given(Json value) {
  return Outcome<Json>(boost::system::in_place_value, std::move(value));
}

/// The same for texts: an aggregate whose first member is a text would take them too.
[[nodiscard]] inline Outcome<std::string> given_text(std::string text) {
  return Outcome<std::string>(boost::system::in_place_value, std::move(text));
}

/// Standard error types of the language, below https://serverlessworkflow.io/spec/1.0.0/errors/.
[[nodiscard]] WorkflowError standard_error(std::string_view name, int status, std::string detail);

}  // namespace kyhan
