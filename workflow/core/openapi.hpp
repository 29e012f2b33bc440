#pragma once
/// An operation of an OpenAPI document as a request: OpenAPI 3.x, and Swagger 2 as far as simple
/// operations need.

#include "workflow/core/calls.hpp"

namespace kyhan {

/// Whether the document has an operation of that id.
[[nodiscard]] bool has_operation(const Json& document, const std::string& operation_id);

/// Method, address, headers and body of the operation with these parameters. What no declared
/// parameter takes is the body: the parameter `body` as it is, else the others as one object.
/// `document_uri` completes servers that are relative.
///
/// Errors: `configuration` when there is no such operation, the document cannot be understood or a
/// parameter is not declared; `validation` when a required one is missing.
[[nodiscard]] Outcome<HttpRequest> openapi_request(const Json& document,
                                                   const std::string& document_uri,
                                                   const std::string& operation_id,
                                                   const Json& parameters);

}  // namespace kyhan
