#include "workflow/core/openapi.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace kyhan {
namespace {

constexpr int references_max = 20;

WorkflowError wrong(std::string detail) {
  return standard_error("configuration", 400, std::move(detail));
}

const Json& part(const Json& object, const char* name) {
  static const Json none;
  if (!object.is_object()) return none;
  const auto found = object.find(name);
  return found == object.end() ? none : *found;
}

std::string text_of_member(const Json& object, const char* name, std::string otherwise = {}) {
  const Json& value = part(object, name);
  return value.is_string() ? value.get<std::string>() : otherwise;
}

/// What a local `$ref` stands for; null when it leads nowhere.
const Json& resolved(const Json& document, const Json& value) {
  static const Json none;
  const Json* at = &value;
  for (int i = 0; i < references_max; ++i) {
    const Json& reference = part(*at, "$ref");
    if (!reference.is_string()) return *at;
    const std::string& text = reference.get_ref<const std::string&>();
    if (!text.starts_with("#/")) return none;
    try {
      const Json::json_pointer pointer{text.substr(1)};
      if (!document.contains(pointer)) return none;
      at = &document.at(pointer);
    } catch (const Json::exception&) {
      return none;
    }
  }
  return none;
}

struct Operation {
  std::string path, method;
  const Json* item = nullptr;
  const Json* body = nullptr;  ///< The operation object.
};

std::optional<Operation> find_operation(const Json& document, const std::string& id) {
  static constexpr std::array methods{"get",     "put",  "post",  "delete",
                                      "options", "head", "patch", "trace"};
  const Json& paths = part(document, "paths");
  if (!paths.is_object()) return std::nullopt;
  for (const auto& [path, written] : paths.get_ref<const Json::object_t&>()) {
    const Json& item = resolved(document, written);
    for (const char* method : methods) {
      const Json& operation = part(item, method);
      if (text_of_member(operation, "operationId") != id) continue;
      return Operation{path, method, &item, &operation};
    }
  }
  return std::nullopt;
}

/// Scheme and authority of an address, and its folder.
std::string origin_of(const std::string& uri) {
  return uri.substr(0, uri.find_first_of("/?#", uri.find("://") + 3));
}
std::string folder_of(const std::string& uri) {
  const std::string plain(without_query(uri));
  const auto slash = plain.rfind('/');
  return slash > plain.find("://") + 2 ? plain.substr(0, slash) : plain;
}

std::string absolute(const std::string& url, const std::string& document_uri) {
  if (url.find("://") != std::string::npos) return url;
  if (url.starts_with("//")) return document_uri.substr(0, document_uri.find("//")) + url;
  if (url.starts_with("/")) return origin_of(document_uri) + url;
  return folder_of(document_uri) + "/" + url;
}

std::string upper_case(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return text;
}

std::string joined(const std::vector<std::string>& texts, const std::string& between) {
  std::string out;
  for (std::size_t i = 0; i < texts.size(); ++i) out += (i > 0 ? between : "") + texts[i];
  return out;
}

/// A scalar as one text, a list as its items.
std::optional<std::vector<std::string>> items_of(const Json& value) {
  std::vector<std::string> items;
  for (const Json& item : value.is_array() ? value : Json::array({value})) {
    const std::optional<std::string> text = plain_text(item);
    if (!text) return std::nullopt;
    items.push_back(*text);
  }
  return items;
}

class Filling {
 public:
  Filling(const Json& document, std::string document_uri, Operation operation,
          const Json& parameters)
      : document_(document),
        document_uri_(std::move(document_uri)),
        operation_(std::move(operation)),
        given_(parameters),
        swagger_(part(document, "swagger").is_string()) {}

  Outcome<HttpRequest> run() {
    request_.method = upper_case(operation_.method);
    for (const Json* parameter : declared()) {
      if (Outcome<void> filled = fill(*parameter); !filled) return filled.error();
    }
    if (path().find('{') != std::string::npos) {
      return wrong("the path " + operation_.path + " has a place that no parameter fills");
    }
    if (Outcome<void> filled = swagger_ ? finish_form() : fill_body(); !filled) {
      return filled.error();
    }
    for (const auto& [name, value] : given_.items()) {
      if (!used_.contains(name) && !value.is_null()) {
        return wrong("the operation has no parameter `" + name + "`");
      }
    }
    std::string server = swagger_ ? swagger_server() : newer_server();
    while (server.ends_with('/')) server.pop_back();
    request_.uri = with_query(server + path(), query_);
    if (!is_http_uri(request_.uri)) return wrong("the API's server is no http or https address");
    if (!cookies_.empty()) request_.headers.emplace_back("Cookie", joined(cookies_, "; "));
    return request_;
  }

 private:
  std::string& path() { return operation_.path; }

  /// Of the operation, and of its path where the operation does not have them.
  std::vector<const Json*> declared() const {
    std::vector<const Json*> list;
    std::set<std::pair<std::string, std::string>> seen;
    for (const Json* owner : {operation_.body, operation_.item}) {
      const Json& parameters = part(*owner, "parameters");
      if (!parameters.is_array()) continue;
      for (const Json& written : parameters) {
        const Json& one = resolved(document_, written);
        if (seen.emplace(text_of_member(one, "in"), text_of_member(one, "name")).second) {
          list.push_back(&one);
        }
      }
    }
    return list;
  }

  Outcome<void> fill(const Json& parameter) {
    const std::string name = text_of_member(parameter, "name");
    const std::string in = text_of_member(parameter, "in");
    const Json* value = &part(given_, name.c_str());
    if (!value->is_null()) used_.insert(name);
    if (value->is_null()) {
      const Json& otherwise = swagger_ ? part(parameter, "default")
                                       : part(resolved(document_, part(parameter, "schema")), "default");
      if (part(parameter, "required") == true && otherwise.is_null()) {
        return standard_error("validation", 400, "the parameter `" + name + "` is missing");
      }
      if (in != "path" || otherwise.is_null()) return {};
      value = &otherwise;
    }
    if (swagger_ && in == "body") return take_body(*value, consumed());
    if (!swagger_ && part(parameter, "content").is_object()) {
      return place(in, name, {value->dump()}, ",", false);
    }
    if (value->is_object()) return fill_object(in, name, *value);
    const std::optional<std::vector<std::string>> items = items_of(*value);
    if (!items) {
      return standard_error("validation", 400,
                            "the parameter `" + name + "` must be a text, number or boolean");
    }
    return swagger_ ? place_old(parameter, in, name, *items)
                    : place_new(parameter, in, name, *items);
  }

  Outcome<void> place_old(const Json& parameter, const std::string& in, const std::string& name,
                          const std::vector<std::string>& items) {
    const std::string format = text_of_member(parameter, "collectionFormat", "csv");
    const std::string between = format == "ssv" ? " " : format == "tsv" ? "\t" : format == "pipes" ? "|" : ",";
    if (text_of_member(parameter, "type") == "file") {
      return wrong("the parameter `" + name + "` is a file, which cannot be sent");
    }
    return place(in, name, items, between, format == "multi");
  }

  Outcome<void> place_new(const Json& parameter, const std::string& in, const std::string& name,
                          const std::vector<std::string>& items) {
    const bool in_query = in == "query" || in == "cookie";
    const std::string style = text_of_member(parameter, "style", in_query ? "form" : "simple");
    const bool explode =
        part(parameter, "explode").is_boolean() ? part(parameter, "explode").get<bool>() : style == "form";
    std::string between = ",";
    if (style == "spaceDelimited") between = " ";
    if (style == "pipeDelimited") between = "|";
    const bool known = style == "form" || style == "simple" || between != ",";
    if (!known) return wrong("the parameter `" + name + "` has the style " + style + ", which is not supported");
    return place(in, name, items, between, explode && in_query);
  }

  /// {a: 1} in a query: as parameters of their own (style form, exploded), or name[a] (deepObject).
  Outcome<void> fill_object(const std::string& in, const std::string& name, const Json& value) {
    if (in != "query") {
      return standard_error("validation", 400,
                            "the parameter `" + name + "` cannot carry an object");
    }
    for (const Json* parameter : declared()) {
      if (text_of_member(*parameter, "name") != name || text_of_member(*parameter, "in") != in) continue;
      const bool deep = text_of_member(*parameter, "style") == "deepObject";
      for (const auto& [key, member] : value.items()) {
        const std::optional<std::string> text = plain_text(member);
        if (!text) {
          return standard_error("validation", 400, "the parameter `" + name + "` cannot carry an object like this");
        }
        query_.emplace_back(deep ? name + "[" + key + "]" : key, *text);
      }
    }
    return {};
  }

  Outcome<void> place(const std::string& in, const std::string& name,
                      const std::vector<std::string>& items, const std::string& between,
                      bool repeated) {
    if (in == "path") {
      std::vector<std::string> encoded;
      for (const std::string& item : items) encoded.push_back(percent_encode(item));
      const std::string hole = "{" + name + "}";
      const std::string text = joined(encoded, between);
      for (auto at = path().find(hole); at != std::string::npos;
           at = path().find(hole, at + text.size())) {
        path().replace(at, hole.size(), text);
      }
    } else if (in == "query" || in == "formData") {
      TextPairs& into = in == "query" ? query_ : form_;
      if (repeated) {
        for (const std::string& item : items) into.emplace_back(name, item);
      } else {
        into.emplace_back(name, joined(items, between));
      }
    } else if (in == "header") {
      request_.headers.emplace_back(name, joined(items, between));
    } else if (in == "cookie") {
      cookies_.push_back(name + "=" + percent_encode(joined(items, between)));
    } else {
      return wrong("the parameter `" + name + "` stands nowhere that is known");
    }
    return {};
  }

  // ---- bodies

  /// Media types a Swagger operation takes.
  std::vector<std::string> consumed() const {
    std::vector<std::string> types;
    for (const Json* owner : {operation_.body, &document_}) {
      const Json& list = part(*owner, "consumes");
      if (!list.is_array() || !types.empty()) continue;
      for (const Json& type : list) {
        if (type.is_string()) types.push_back(type.get<std::string>());
      }
    }
    return types;
  }

  Outcome<void> take_body(const Json& value, const std::vector<std::string>& types) {
    const auto is_json = [](const std::string& type) {
      return type.starts_with("application/json") || type.find("+json") != std::string::npos || type == "*/*";
    };
    const auto json = std::ranges::find_if(types, is_json);
    if (types.empty() || json != types.end()) {
      const bool any = types.empty() || *json == "*/*";
      request_.headers.emplace_back("Content-Type", any ? "application/json" : *json);
      request_.body = value.dump();
      return {};
    }
    const auto form = std::ranges::find(types, "application/x-www-form-urlencoded");
    if (form != types.end() && value.is_object()) {
      TextPairs fields;
      for (const auto& [name, member] : value.items()) {
        const std::optional<std::vector<std::string>> items = items_of(member);
        if (!items) return standard_error("validation", 400, "the field `" + name + "` cannot stand in a form");
        for (const std::string& item : *items) fields.emplace_back(name, item);
      }
      request_.headers.emplace_back("Content-Type", *form);
      request_.body = form_encode(fields);
      return {};
    }
    if (!value.is_string()) {
      return wrong("a body of the type " + types.front() + " must be given as a text");
    }
    request_.headers.emplace_back("Content-Type", types.front());
    request_.body = value.get<std::string>();
    return {};
  }

  Outcome<void> finish_form() {
    if (form_.empty()) return {};
    request_.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request_.body = form_encode(form_);
    return {};
  }

  Outcome<void> fill_body() {
    const Json& body = resolved(document_, part(*operation_.body, "requestBody"));
    if (!body.is_object()) return {};
    Json value;
    if (given_.contains("body") && !used_.contains("body")) {
      value = given_.at("body");
      used_.insert("body");
    } else {
      value = Json::object();
      for (const auto& [name, member] : given_.items()) {
        if (!used_.contains(name)) value[name] = member;
      }
      for (const auto& [name, member] : value.items()) used_.insert(name);
      if (value.empty()) value = nullptr;
    }
    if (value.is_null()) {
      if (part(body, "required") != true) return {};
      return standard_error("validation", 400, "the body of the operation is missing");
    }
    std::vector<std::string> types;
    const Json& content = part(body, "content");
    if (content.is_object()) {
      for (const auto& [type, ignored] : content.items()) types.push_back(type);
    }
    return take_body(value, types);
  }

  // ---- servers

  std::string swagger_server() const {
    std::vector<std::string> schemes;
    for (const Json* owner : {operation_.body, &document_}) {
      const Json& list = part(*owner, "schemes");
      if (!list.is_array() || !schemes.empty()) continue;
      for (const Json& scheme : list) {
        if (scheme.is_string()) schemes.push_back(scheme.get<std::string>());
      }
    }
    std::string scheme = document_uri_.substr(0, document_uri_.find("://"));
    if (std::ranges::find(schemes, "https") != schemes.end()) {
      scheme = "https";
    } else if (!schemes.empty()) {
      scheme = schemes.front();
    }
    const std::string origin = origin_of(document_uri_);
    const std::string host = text_of_member(document_, "host", origin.substr(origin.find("://") + 3));
    const std::string base = text_of_member(document_, "basePath");
    return scheme + "://" + host + (base.empty() || base.starts_with('/') ? base : "/" + base);
  }

  std::string newer_server() const {
    for (const Json* owner : {operation_.body, operation_.item, &document_}) {
      const Json& servers = part(*owner, "servers");
      if (!servers.is_array() || servers.empty()) continue;
      std::string url = text_of_member(servers[0], "url", "/");
      const Json& variables = part(servers[0], "variables");
      if (variables.is_object()) {
        for (const auto& [name, variable] : variables.items()) {
          const std::string hole = "{" + name + "}";
          const std::string text = text_of_member(variable, "default");
          for (auto at = url.find(hole); at != std::string::npos; at = url.find(hole, at + text.size())) {
            url.replace(at, hole.size(), text);
          }
        }
      }
      return absolute(url, document_uri_);
    }
    return absolute("/", document_uri_);
  }

  const Json& document_;
  std::string document_uri_;
  Operation operation_;
  const Json& given_;
  bool swagger_;
  HttpRequest request_;
  TextPairs query_, form_;
  std::vector<std::string> cookies_;
  std::set<std::string> used_;
};

}  // namespace

bool has_operation(const Json& document, const std::string& operation_id) {
  return find_operation(document, operation_id).has_value();
}

Outcome<HttpRequest> openapi_request(const Json& document, const std::string& document_uri,
                                     const std::string& operation_id, const Json& parameters) {
  const std::string version =
      text_of_member(document, "openapi", text_of_member(document, "swagger"));
  if (!version.starts_with("3.") && version != "2.0") {
    return wrong("the document is neither OpenAPI 3 nor Swagger 2");
  }
  const Json none = Json::object();
  if (!parameters.is_object() && !parameters.is_null()) {
    return standard_error("expression", 400, "`parameters` must give an object");
  }
  std::optional<Operation> operation = find_operation(document, operation_id);
  if (!operation) return wrong("the document has no operation `" + operation_id + "`");
  const Json& given = parameters.is_null() ? none : parameters;
  return Filling(document, document_uri, std::move(*operation), given).run();
}

}  // namespace kyhan
