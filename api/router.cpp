#include "api/router.hpp"

#include <optional>

namespace kyhan {
namespace {

/// Takes the next segment off `path` (which begins after a '/').
std::string_view take_segment(std::string_view& path) {
  const std::size_t slash = path.find('/');
  const std::string_view segment = path.substr(0, slash);
  path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  return segment;
}

/// Parameters when `path` has the form of `pattern`. An action suffix (":claim") belongs to the
/// last segment; ids never contain ':' unescaped.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
  std::vector<std::string> parameters;
  pattern.remove_prefix(1);
  path.remove_prefix(1);
  for (;;) {
    if (pattern.empty() != path.empty()) return std::nullopt;
    if (pattern.empty()) return parameters;
    const std::string_view wanted = take_segment(pattern);
    std::string_view given = take_segment(path);
    if (!wanted.starts_with('{')) {
      if (wanted != given) return std::nullopt;
      continue;
    }
    const std::string_view suffix = wanted.substr(wanted.find('}') + 1);
    if (suffix.empty() ? given.find(':') != std::string_view::npos : !given.ends_with(suffix)) {
      return std::nullopt;
    }
    given.remove_suffix(suffix.size());
    std::optional<std::string> decoded = percent_decode(given, Plus::literal);
    if (!decoded || decoded->empty()) return std::nullopt;
    parameters.push_back(std::move(*decoded));
  }
}

}  // namespace

RouteMatch find_route(std::span<const Route> table, Method method, std::string_view path) {
  RouteMatch found;
  if (!path.starts_with('/') || path.ends_with('/')) return found;
  const Method wanted = method == Method::head ? Method::get : method;
  for (const Route& route : table) {
    std::optional<std::vector<std::string>> parameters = match(route.path, path);
    if (!parameters) continue;
    if (route.method == wanted) {
      found.route = &route;
      found.parameters = std::move(*parameters);
      found.allow.clear();
      return found;
    }
    if (!found.allow.empty()) found.allow += ", ";
    found.allow += show(route.method);
    if (route.method == Method::get) found.allow += ", HEAD";
  }
  return found;
}

}  // namespace kyhan
