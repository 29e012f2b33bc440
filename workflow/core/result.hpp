#pragma once
/// What can go wrong without being a bug, as a value.

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "workflow/core/types.hpp"

namespace kyhan {

/// The family of a refusal; the API maps each to one HTTP status, the command line to an exit code.
enum class ErrorCode {
  invalid,       ///< 400/422: the material is faulty.
  unauthorized,  ///< 401: nobody is signed in.
  forbidden,     ///< 403: this person may not.
  not_found,     ///< 404: there is no such thing, or none this person may see.
  conflict,      ///< 409: the thing is in another state, or exists already.
  stale,         ///< 412: the thing has changed since it was read.
  too_large,     ///< 413: a named limit was passed.
  too_many,      ///< 429: come back later.
  unavailable,   ///< 503: a part the server needs is not there (queue full, disk full, broker down).
};

/// One fault of one field of what was sent.
struct FieldError {
  std::string pointer;  ///< JSON Pointer into what was sent.
  std::string code;     ///< Stable, for programs: "required", "maxLength", ...
  Text message;
};

struct Error {
  ErrorCode code;      ///< First on purpose, and an enum: docs/decisions/0004-results.md.
  std::string type;    ///< Stable slug for programs: "not-a-candidate". Becomes the problem's type URI.
  Text detail;         ///< One sentence for a person: what was wrong, where, what to do.
  std::vector<FieldError> fields = {};
};

template <class T>
using Result = boost::system::result<T, Error>;

/// `.value()` on a failed Result is a bug in the caller, so it throws.
[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location&) {
  throw std::logic_error("unchecked Result: " + error.detail.en);
}

}  // namespace kyhan
