// What definitions may call, for whoever writes them and for other runtimes.

#include "api/functions.hpp"

#include "api/handlers.hpp"
#include "workflow/core/documents.hpp"

namespace kyhan {
namespace {

/// The path other runtimes derive from `name:version@catalog`.
std::string href_of(const std::string& function) {
  return "/api/v1/functions/" + function + "/function.yaml";
}

}  // namespace

HandlerResult list_functions(Call&) {
  Json items = Json::array();
  for (const auto& [function, text] : function_documents()) {
    Result<ParsedDocument> document = parse_document(text);
    if (!document) co_return document.error();
    const std::size_t slash = function.find('/');
    const std::string name = function.substr(0, slash), version = function.substr(slash + 1);
    items.push_back({{"name", name},
                     {"version", version},
                     {"call", name + ":" + version + "@default"},
                     {"href", href_of(function)},
                     {"document", std::move(document->value)}});
  }
  co_return json_reply(200, Json{{"items", std::move(items)}});
}

HandlerResult show_function(Call& call) {
  const std::string function = call.parameters.at(0) + "/" + call.parameters.at(1);
  const auto found = function_documents().find(function);
  if (found == function_documents().end()) {
    co_return Error{ErrorCode::not_found,
                    "unknown-function",
                    {"Không có hàm " + function + ".", "There is no function " + function + "."}};
  }
  Reply reply;
  reply.headers.set("Content-Type", "application/yaml");
  reply.headers.set("Cache-Control", "no-cache");
  reply.body = found->second;
  co_return reply;
}

}  // namespace kyhan
