#pragma once
/// The one table of what the API answers: method and path -> handler, with everything that is
/// checked before a handler runs.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/call.hpp"

namespace kyhan {

/// Who gets past the door; what they may see then is access.hpp's matter.
enum class Door {
  anyone,
  link,           ///< Whoever holds the address: a token in it is the proof. Mail programs ask too.
  signed_in,      ///< A person, or the Unix socket, or a system's token.
  administrator,  ///< A person with the role, or the Unix socket. Others get 403.
  system,         ///< An administrator or a system's token. Others get 403.
  own_machine,    ///< The Unix socket alone: maintenance. Others get 404.
};

/// What becomes of the body before the handler runs.
enum class Body {
  none,    ///< Not read. GET and DELETE.
  json,    ///< A JSON object of at most json_bytes_max; an empty body counts as {}.
  text,    ///< Text of at most json_bytes_max in Call::text.
  stream,  ///< The handler reads it.
};

struct Route {
  Method method = Method::get;
  std::string_view path;  ///< "/api/v1/tasks/{id}:claim"; {x} stands for one non-empty segment.
  Door door = Door::signed_in;
  Body body = Body::none;
  std::vector<std::string_view> query;  ///< Parameters it knows; any other is 400.
  Handler handler = nullptr;
  std::size_t bytes_max = json_bytes_max;  ///< Of a body that is read whole.
};

/// Every route there is; openapi.json lists the same (held by a test).
[[nodiscard]] std::span<const Route> routes();

struct RouteMatch {
  const Route* route = nullptr;         ///< Null: no such path, or not with this method.
  std::vector<std::string> parameters;  ///< Decoded, in the order of the path.
  std::string allow;                    ///< For 405: the methods the path has. Empty: 404.
};
/// HEAD finds the route of GET.
[[nodiscard]] RouteMatch find_route(std::span<const Route> table, Method method,
                                    std::string_view path);

}  // namespace kyhan
