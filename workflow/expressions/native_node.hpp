#pragma once
/// The syntax tree between native_parser.cpp and native.cpp.

#include <memory>
#include <string>
#include <vector>

#include "workflow/core/json.hpp"

namespace kyhan::native {

enum class Kind {
  identity,
  literal,      // literal
  variable,     // index
  field,        // child[0] . text
  element,      // child[0] [ child[1] ]; the key is evaluated on the original input
  each,         // child[0] []
  pipe,         // child[0] | child[1]
  comma,        // child[0] , child[1]
  alternative,  // child[0] // child[1]
  both,         // and
  either,       // or
  equal,
  unequal,
  less,
  less_equal,
  greater,
  greater_equal,
  add,
  subtract,
  multiply,
  divide,
  negate,
  array,   // child[0], if any
  object,  // keys[i] : child[i]
  text,    // interpolation: the children in turn
  choice,  // if child[0] then child[1] else child[2]
  call     // function, child: arguments
};

enum class Function {
  length,
  negation,
  empty,
  select,
  map,
  first,
  last,
  any,
  all,
  add,
  keys,
  has,
  type,
  starts_with,
  ends_with,
  floor,
  to_string
};

struct Node {
  Kind kind = Kind::identity;
  bool single = true;     // Gives exactly one result, or a fault.
  bool optional = false;  // field, element, each: a fault gives no result.
  int index = 0;
  Function function = Function::length;
  std::string text;
  Json literal;
  std::vector<std::string> keys;
  std::vector<std::unique_ptr<Node>> child;
};

using NodePtr = std::unique_ptr<Node>;

}  // namespace kyhan::native
