#pragma once
/// The functions of the default catalog as documents of the DSL: definitions/functions/.

#include <map>
#include <string>

namespace kyhan {

/// "<name>/<version>" and the text of its function.yaml, as they were at build time.
[[nodiscard]] const std::map<std::string, std::string>& function_documents();

}  // namespace kyhan
