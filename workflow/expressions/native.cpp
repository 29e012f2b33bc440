#include "workflow/expressions/native.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "workflow/expressions/native_node.hpp"
#include "workflow/expressions/native_parser.hpp"

namespace kyhan {
namespace native {
namespace {

// Beyond this many values copied or visited libjq takes over: it has limits of time and memory.
constexpr std::int64_t work_max = 200'000;
constexpr int free_copies = 4;

// A value that is borrowed where possible: a path into a document copies nothing.
class Value {
 public:
  Value() = default;
  explicit Value(const Json* borrowed) : borrowed_(borrowed) {}
  explicit Value(Json owned) : owned_(std::move(owned)) {}

  [[nodiscard]] const Json& get() const { return borrowed_ != nullptr ? *borrowed_ : owned_; }
  [[nodiscard]] bool is_borrowed() const { return borrowed_ != nullptr; }
  [[nodiscard]] Json& owned() { return owned_; }

 private:
  const Json* borrowed_ = nullptr;
  Json owned_;
};

// Called with each result; false stops.
class Sink {
 public:
  template <class F>
  explicit Sink(F& function)
      : target_(&function), call_([](void* target, Value&& value) {
          return (*static_cast<F*>(target))(std::move(value));
        }) {}
  bool operator()(Value&& value) const { return call_(target_, std::move(value)); }

 private:
  void* target_;
  bool (*call_)(void*, Value&&);
};

int rank(const Json& json) {
  switch (json.type()) {
    case Json::value_t::boolean:
      return json.get_ref<const bool&>() ? 2 : 1;
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::number_float:
      return 3;
    case Json::value_t::string:
      return 4;
    case Json::value_t::array:
      return 5;
    case Json::value_t::object:
      return 6;
    default:
      return 0;
  }
}

const char* kind_name(const Json& json) {
  constexpr std::array names{"null", "boolean", "boolean", "number", "string", "array", "object"};
  return names[static_cast<std::size_t>(rank(json))];
}

bool truthy(const Json& json) {
  return rank(json) > 1;
}

// jq's order: by kind, then by value; objects by their keys, then by their values. Counts `work`
// down; once that is negative the answer means nothing.
int compare(const Json& a, const Json& b, std::int64_t& work) {
  const int by_rank = rank(a) - rank(b);
  if (by_rank != 0) return by_rank;
  if (--work < 0) return 0;
  switch (rank(a)) {
    case 3: {
      const auto x = a.get<double>();
      const auto y = b.get<double>();
      return x < y ? -1 : (x == y ? 0 : 1);
    }
    case 4: {
      const auto& x = a.get_ref<const std::string&>();
      const auto& y = b.get_ref<const std::string&>();
      work -= static_cast<std::int64_t>(std::min(x.size(), y.size()) / 64);
      return x.compare(y);
    }
    case 5: {
      const auto& x = a.get_ref<const Json::array_t&>();
      const auto& y = b.get_ref<const Json::array_t&>();
      for (std::size_t i = 0; i < x.size() && i < y.size(); ++i) {
        if (const int by_item = compare(x[i], y[i], work); by_item != 0) return by_item;
      }
      return x.size() < y.size() ? -1 : (x.size() == y.size() ? 0 : 1);
    }
    case 6: {
      const auto& x = a.get_ref<const Json::object_t&>();
      const auto& y = b.get_ref<const Json::object_t&>();
      auto i = x.begin();
      auto j = y.begin();
      for (; i != x.end() && j != y.end(); ++i, ++j) {
        if (const int by_key = i->first.compare(j->first); by_key != 0) return by_key;
      }
      if (i != x.end()) return 1;
      if (j != y.end()) return -1;
      for (i = x.begin(), j = y.begin(); i != x.end(); ++i, ++j) {
        if (const int by_value = compare(i->second, j->second, work); by_value != 0) {
          return by_value;
        }
      }
      return 0;
    }
    default:
      return 0;
  }
}

// One evaluation. Functions give false when it is over: a fault, a decline, or enough results.
class Run {
 public:
  explicit Run(const std::vector<const Json*>& values) : values_(values) {}

  NativeOutcome evaluate(const Node& node, const Json& input) {
    Json result;
    bool done = false;
    if (node.single) {
      Value value;
      done = one(node, input, value) && take(std::move(value), result);
    } else {
      bool first = false;
      auto keep = [&](Value&& value) {
        first = take(std::move(value), result);
        return false;
      };
      const bool ended = each(node, input, Sink(keep));
      done = first || ended;  // No result at all: null.
    }
    if (done) return {NativeStatus::value, std::move(result), {}};
    if (outside_) return {NativeStatus::outside, nullptr, {}};
    return {NativeStatus::fault, nullptr, std::move(fault_)};
  }

 private:
  bool outside() {
    outside_ = true;
    return false;
  }
  bool fault(std::string text) {
    fault_ = std::move(text);
    return false;
  }
  bool spend(std::int64_t work) {
    work_ -= work;
    return work_ >= 0 || outside();
  }

  bool spend_copy(const Json& json) {
    if (json.is_string()) {
      return spend(1 + static_cast<std::int64_t>(json.get_ref<const std::string&>().size() / 32));
    }
    if (!json.is_structured()) return true;
    if (!spend(1 + static_cast<std::int64_t>(json.size()))) return false;
    for (const Json& item : json) {
      if (!spend_copy(item)) return false;
    }
    return true;
  }

  bool take(Value&& value, Json& out) {
    if (!value.is_borrowed()) {
      out = std::move(value.owned());
      return true;
    }
    // A few copies are no larger than so many inputs; what multiplies them is counted.
    if (copies_++ >= free_copies && !spend_copy(value.get())) return false;
    out = value.get();
    return true;
  }

  // The node gives one result; `out` may borrow from `input`.
  bool one(const Node& node, const Json& input, Value& out) {
    switch (node.kind) {
      case Kind::identity:
        out = Value(&input);
        return true;
      case Kind::literal:
        out = Value(&node.literal);
        return true;
      case Kind::variable: {
        const Json* value = values_[static_cast<std::size_t>(node.index)];
        out = value == nullptr ? Value(Json()) : Value(value);
        return true;
      }
      case Kind::field: {
        Value of;
        return one(*node.child[0], input, of) && field(std::move(of), node.text, out);
      }
      case Kind::element: {
        Value key;
        Value of;
        return one(*node.child[1], input, key) && one(*node.child[0], input, of) &&
               element(std::move(of), key.get(), out);
      }
      case Kind::pipe: {
        if (counts(node)) return count(*node.child[0], input, out);
        Value between;
        if (!one(*node.child[0], input, between)) return false;
        return on(std::move(between), *node.child[1], out);
      }
      case Kind::alternative:
        if (!one(*node.child[0], input, out)) return false;
        return truthy(out.get()) || one(*node.child[1], input, out);
      case Kind::both:
      case Kind::either: {
        Value side;
        if (!one(*node.child[0], input, side)) return false;
        const bool left = truthy(side.get());
        if (left == (node.kind == Kind::either)) {
          out = Value(Json(left));
          return true;
        }
        if (!one(*node.child[1], input, side)) return false;
        out = Value(Json(truthy(side.get())));
        return true;
      }
      case Kind::equal:
      case Kind::unequal:
      case Kind::less:
      case Kind::less_equal:
      case Kind::greater:
      case Kind::greater_equal:
      case Kind::add:
      case Kind::subtract:
      case Kind::multiply:
      case Kind::divide: {
        Value right;
        Value left;
        return one(*node.child[1], input, right) && one(*node.child[0], input, left) &&
               operate(node.kind, std::move(left), std::move(right), out);
      }
      case Kind::negate: {
        Value of;
        if (!one(*node.child[0], input, of)) return false;
        if (!of.get().is_number()) {
          return fault(std::string(kind_name(of.get())) + " cannot be negated");
        }
        return number(-of.get().get<double>(), out);
      }
      case Kind::array:
        return array(node, input, out);
      case Kind::object:
        return object(node, input, out);
      case Kind::text:
        return text(node, input, out);
      case Kind::choice: {
        Value condition;
        if (!one(*node.child[0], input, condition)) return false;
        return one(*node.child[truthy(condition.get()) ? 1 : 2], input, out);
      }
      case Kind::call:
        return call(node, input, out);
      default:
        return outside();
    }
  }

  // `[...] | length`: nothing need be kept.
  static bool counts(const Node& pipe) {
    return pipe.child[0]->kind == Kind::array && !pipe.child[0]->child.empty() &&
           pipe.child[1]->kind == Kind::call && pipe.child[1]->function == Function::length;
  }

  bool count(const Node& list, const Json& input, Value& out) {
    double results = 0;
    auto next = [&](Value&&) {
      ++results;
      return true;
    };
    return each(*list.child[0], input, Sink(next)) && number(results, out);
  }

  // The result may borrow from `of`, which ends here: then it must be copied.
  bool on(Value&& of, const Node& node, Value& out) {
    if (of.is_borrowed()) return one(node, of.get(), out);
    Value inner;
    if (!one(node, of.get(), inner)) return false;
    if (inner.is_borrowed() && &inner.get() == &of.get()) {
      out = std::move(of);
      return true;
    }
    Json owned;
    if (!take(std::move(inner), owned)) return false;
    out = Value(std::move(owned));
    return true;
  }

  bool each(const Node& node, const Json& input, const Sink& sink) {
    if (!spend(1)) return false;
    if (node.single) {
      Value value;
      return one(node, input, value) && sink(std::move(value));
    }
    switch (node.kind) {
      case Kind::comma:
        return each(*node.child[0], input, sink) && each(*node.child[1], input, sink);
      case Kind::pipe: {
        auto next = [&](Value&& value) { return each(*node.child[1], value.get(), sink); };
        return each(*node.child[0], input, Sink(next));
      }
      case Kind::choice: {
        Value condition;
        if (!one(*node.child[0], input, condition)) return false;
        return each(*node.child[truthy(condition.get()) ? 1 : 2], input, sink);
      }
      case Kind::alternative: {
        bool found = false;
        auto keep = [&](Value&& value) {
          if (!truthy(value.get())) return true;
          found = true;
          return sink(std::move(value));
        };
        if (!each(*node.child[0], input, Sink(keep))) return false;
        return found || each(*node.child[1], input, sink);
      }
      case Kind::field: {
        auto next = [&](Value&& of) {
          Value out;
          if (field(std::move(of), node.text, out)) return sink(std::move(out));
          return node.optional && !outside_;
        };
        return each(*node.child[0], input, Sink(next));
      }
      case Kind::element: {
        Value key;
        if (!one(*node.child[1], input, key)) return false;
        auto next = [&](Value&& of) {
          Value out;
          if (element(std::move(of), key.get(), out)) return sink(std::move(out));
          return node.optional && !outside_;
        };
        return each(*node.child[0], input, Sink(next));
      }
      case Kind::each: {
        auto next = [&](Value&& of) { return items(of.get(), node.optional, sink); };
        return each(*node.child[0], input, Sink(next));
      }
      case Kind::call:
        if (node.function == Function::empty) return true;
        if (node.function == Function::select) {
          Value condition;
          if (!one(*node.child[0], input, condition)) return false;
          return !truthy(condition.get()) || sink(Value(&input));
        }
        return outside();
      default:
        return outside();
    }
  }

  // Objects are left to libjq: it goes through them in its own order.
  bool items(const Json& json, bool optional, const Sink& sink) {
    if (json.is_array()) {
      for (const Json& item : json) {
        if (!spend(1) || !sink(Value(&item))) return false;
      }
      return true;
    }
    if (json.is_object()) return outside();
    return optional || fault(std::string("Cannot iterate over ") + kind_name(json));
  }

  // Faults of an optional access are made and dropped; that is rare.
  bool field(Value&& of, const std::string& key, Value& out) {
    const Json& json = of.get();
    if (json.is_object()) {
      const auto& members = json.get_ref<const Json::object_t&>();
      const auto found = members.find(key);
      if (found == members.end()) {
        out = Value(Json());
      } else if (of.is_borrowed()) {
        out = Value(&found->second);
      } else {
        Json inner = std::move(of.owned()[key]);
        out = Value(std::move(inner));
      }
      return true;
    }
    if (json.is_null()) {
      out = Value(Json());
      return true;
    }
    return fault(std::string("Cannot index ") + kind_name(json) + " with \"" + key + "\"");
  }

  bool element(Value&& of, const Json& key, Value& out) {
    if (key.is_string()) return field(std::move(of), key.get<std::string>(), out);
    if (!key.is_number()) return outside();
    const auto number = key.get<double>();
    if (number != std::trunc(number) || std::abs(number) > 1e9) return outside();
    return element_at(std::move(of), static_cast<std::int64_t>(number), out);
  }

  bool element_at(Value&& of, std::int64_t index, Value& out) {
    const Json& json = of.get();
    if (json.is_array()) {
      const auto size = static_cast<std::int64_t>(json.size());
      if (index < 0) index += size;
      if (index < 0 || index >= size) {
        out = Value(Json());
      } else if (of.is_borrowed()) {
        out = Value(&json[static_cast<std::size_t>(index)]);
      } else {
        Json inner = std::move(of.owned()[static_cast<std::size_t>(index)]);
        out = Value(std::move(inner));
      }
      return true;
    }
    if (json.is_null()) {
      out = Value(Json());
      return true;
    }
    return fault(std::string("Cannot index ") + kind_name(json) + " with number");
  }

  bool number(double value, Value& out) {
    if (!std::isfinite(value)) return outside();
    out = Value(Json(value));
    return true;
  }

  static bool decides(Kind kind, int order) {
    switch (kind) {
      case Kind::equal:
        return order == 0;
      case Kind::unequal:
        return order != 0;
      case Kind::less:
        return order < 0;
      case Kind::less_equal:
        return order <= 0;
      case Kind::greater:
        return order > 0;
      default:
        return order >= 0;
    }
  }

  bool operate(Kind kind, Value&& left, Value&& right, Value& out) {
    const Json& a = left.get();
    const Json& b = right.get();
    switch (kind) {
      case Kind::equal:
      case Kind::unequal:
      case Kind::less:
      case Kind::less_equal:
      case Kind::greater:
      case Kind::greater_equal: {
        const bool holds = decides(kind, compare(a, b, work_));
        out = Value(Json(holds));
        return work_ >= 0 || outside();
      }
      case Kind::add:
        return add(std::move(left), std::move(right), out);
      case Kind::subtract:
        return subtract(std::move(left), std::move(right), out);
      case Kind::multiply:
        if (!a.is_number() || !b.is_number()) return outside();
        return number(a.get<double>() * b.get<double>(), out);
      case Kind::divide:
        if (!a.is_number() || !b.is_number() || b.get<double>() == 0) return outside();
        return number(a.get<double>() / b.get<double>(), out);
      default:
        return outside();
    }
  }

  bool add(Value&& left, Value&& right, Value& out) {
    if (left.get().is_null()) {
      out = std::move(right);
      return true;
    }
    if (right.get().is_null()) {
      out = std::move(left);
      return true;
    }
    const Json& a = left.get();
    const Json& b = right.get();
    if (a.is_number() && b.is_number()) return number(a.get<double>() + b.get<double>(), out);
    if (rank(a) != rank(b) || rank(a) < 4) {
      return fault(std::string(kind_name(a)) + " and " + kind_name(b) + " cannot be added");
    }
    Json sum;
    if (!spend_copy(b) || !take(std::move(left), sum)) return false;
    if (sum.is_string()) {
      sum.get_ref<std::string&>() += b.get_ref<const std::string&>();
      if (!spend(static_cast<std::int64_t>(sum.get_ref<const std::string&>().size() / 32)))
        return false;
    } else if (sum.is_array()) {
      sum.insert(sum.end(), b.begin(), b.end());
      if (!spend(static_cast<std::int64_t>(sum.size()))) return false;
    } else {
      auto& members = sum.get_ref<Json::object_t&>();
      for (const auto& [key, member] : b.get_ref<const Json::object_t&>()) members[key] = member;
    }
    out = Value(std::move(sum));
    return true;
  }

  bool subtract(Value&& left, Value&& right, Value& out) {
    const Json& a = left.get();
    const Json& b = right.get();
    if (a.is_number() && b.is_number()) return number(a.get<double>() - b.get<double>(), out);
    if (!a.is_array() || !b.is_array()) {
      return fault(std::string(kind_name(a)) + " and " + kind_name(b) + " cannot be subtracted");
    }
    if (!spend(static_cast<std::int64_t>(a.size() * b.size())) || !spend_copy(a)) return false;
    Json rest = Json::array();
    for (const Json& item : a) {
      const auto same = [&](const Json& other) { return compare(item, other, work_) == 0; };
      if (std::none_of(b.begin(), b.end(), same)) rest.push_back(item);
    }
    out = Value(std::move(rest));
    return true;
  }

  bool array(const Node& node, const Json& input, Value& out) {
    Json::array_t items;
    if (!node.child.empty() && !collect(*node.child[0], input, items)) return false;
    out = Value(Json(std::move(items)));
    return true;
  }

  bool collect(const Node& node, const Json& input, Json::array_t& items) {
    auto keep = [&](Value&& value) {
      if (!spend(1)) return false;
      Json item;
      if (!take(std::move(value), item)) return false;
      items.push_back(std::move(item));
      return true;
    };
    return each(node, input, Sink(keep));
  }

  bool object(const Node& node, const Json& input, Value& out) {
    Json::object_t members;
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      Value value;
      Json member;
      if (!one(*node.child[i], input, value) || !take(std::move(value), member)) return false;
      members[node.keys[i]] = std::move(member);
    }
    out = Value(Json(std::move(members)));
    return spend(1 + static_cast<std::int64_t>(node.keys.size()));
  }

  bool text(const Node& node, const Json& input, Value& out) {
    std::string whole;
    for (const auto& part : node.child) {
      Value value;
      if (!one(*part, input, value) || !append_text(value.get(), whole)) return false;
    }
    if (!spend(static_cast<std::int64_t>(whole.size() / 32))) return false;
    out = Value(Json(std::move(whole)));
    return true;
  }

  bool append_text(const Json& json, std::string& whole) {
    switch (rank(json)) {
      case 0:
        whole += "null";
        return true;
      case 1:
        whole += "false";
        return true;
      case 2:
        whole += "true";
        return true;
      case 3: {
        const auto number = json.get<double>();
        if (number != std::trunc(number) || std::abs(number) >= 1e15 ||
            (number == 0 && std::signbit(number))) {
          return outside();
        }
        whole += std::to_string(static_cast<std::int64_t>(number));
        return true;
      }
      case 4:
        whole += json.get_ref<const std::string&>();
        return true;
      default:
        return outside();
    }
  }

  bool call(const Node& node, const Json& input, Value& out) {
    switch (node.function) {
      case Function::length:
        return length(input, out);
      case Function::negation:
        out = Value(Json(!truthy(input)));
        return true;
      case Function::map: {
        Json::array_t mapped;
        auto next = [&](Value&& value) { return collect(*node.child[0], value.get(), mapped); };
        if (!items(input, false, Sink(next))) return false;
        out = Value(Json(std::move(mapped)));
        return true;
      }
      case Function::first:
        return element_at(Value(&input), 0, out);
      case Function::last:
        return element_at(Value(&input), -1, out);
      case Function::any:
        return quantify(node, input, true, out);
      case Function::all:
        return quantify(node, input, false, out);
      case Function::add:
        return sum(input, out);
      case Function::keys:
        return keys(input, out);
      case Function::has: {
        Value key;
        if (!one(*node.child[0], input, key)) return false;
        if (!input.is_object() || !key.get().is_string()) return outside();
        out = Value(Json(input.contains(key.get().get_ref<const std::string&>())));
        return true;
      }
      case Function::type:
        out = Value(Json(kind_name(input)));
        return true;
      case Function::starts_with:
      case Function::ends_with: {
        Value part;
        if (!one(*node.child[0], input, part)) return false;
        if (!input.is_string() || !part.get().is_string()) return outside();
        const auto& whole = input.get_ref<const std::string&>();
        const auto& end = part.get().get_ref<const std::string&>();
        out = Value(Json(node.function == Function::starts_with ? whole.starts_with(end)
                                                                : whole.ends_with(end)));
        return true;
      }
      case Function::floor:
        if (!input.is_number()) return outside();
        return number(std::floor(input.get<double>()), out);
      case Function::to_string: {
        std::string whole;
        if (!append_text(input, whole) || !spend(static_cast<std::int64_t>(whole.size() / 32)))
          return false;
        out = Value(Json(std::move(whole)));
        return true;
      }
      default:
        return outside();
    }
  }

  bool length(const Json& input, Value& out) {
    switch (rank(input)) {
      case 0:
        return number(0, out);
      case 3:
        return number(std::abs(input.get<double>()), out);
      case 4: {
        const auto& text = input.get_ref<const std::string&>();
        const auto starts = std::count_if(text.begin(), text.end(), [](char c) {
          return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
        });
        return spend(static_cast<std::int64_t>(text.size() / 64)) &&
               number(static_cast<double>(starts), out);
      }
      case 5:
      case 6:
        return number(static_cast<double>(input.size()), out);
      default:
        return fault("boolean has no length");
    }
  }

  bool quantify(const Node& node, const Json& input, bool wanted, Value& out) {
    bool found = false;
    auto look = [&](Value&& value) {
      Value result = std::move(value);
      Value condition;
      if (!node.child.empty()) {
        // jq stops at the first that decides, so a fault behind it would not count.
        if (!one(*node.child[0], result.get(), condition)) return found || outside();
        found = found || truthy(condition.get()) == wanted;
      } else {
        found = found || truthy(result.get()) == wanted;
      }
      return true;
    };
    if (!items(input, false, Sink(look))) return false;
    out = Value(Json(found == wanted));
    return true;
  }

  bool sum(const Json& input, Value& out) {
    Value total{Json()};
    auto next = [&](Value&& value) {
      Value so_far = std::move(total);
      return add(std::move(so_far), std::move(value), total);
    };
    if (!items(input, false, Sink(next))) return false;
    out = std::move(total);
    return true;
  }

  bool keys(const Json& input, Value& out) {
    Json::array_t names;
    if (input.is_object()) {
      for (const auto& [key, member] : input.get_ref<const Json::object_t&>())
        names.emplace_back(key);
    } else {
      return outside();
    }
    if (!spend(static_cast<std::int64_t>(names.size()))) return false;
    out = Value(Json(std::move(names)));
    return true;
  }

  const std::vector<const Json*>& values_;
  std::int64_t work_ = work_max;
  int copies_ = 0;
  bool outside_ = false;
  std::string fault_;
};

class Tree : public NativeExpression {
 public:
  explicit Tree(NodePtr root) : root_(std::move(root)) {}
  NativeOutcome evaluate(const Json& input, const std::vector<const Json*>& values) const override {
    return Run(values).evaluate(*root_, input);
  }

 private:
  NodePtr root_;
};

}  // namespace
}  // namespace native

std::unique_ptr<const NativeExpression> parse_native(
    std::string_view program, const std::optional<std::vector<std::string>>& variables) {
  auto root = native::parse(program, variables);
  if (root == nullptr) return nullptr;
  return std::make_unique<native::Tree>(std::move(root));
}

}  // namespace kyhan
