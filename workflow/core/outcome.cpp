#include "workflow/core/outcome.hpp"

namespace kyhan {

WorkflowError standard_error(std::string_view name, int status, std::string detail) {
  WorkflowError error;
  error.type = "https://serverlessworkflow.io/spec/1.0.0/errors/" + std::string(name);
  error.status = status;
  error.title = std::string(name) + " error";
  error.detail = std::move(detail);
  return error;
}

}  // namespace kyhan
