// States and events written straight as text, without a Json in between: the journal's hot path.
// Says the same as codec.cpp's Encoder; a test holds the two equal.

#include <type_traits>

#include "workflow/core/codec.hpp"
#include "workflow/core/json_text.hpp"

namespace kyhan {
namespace {

class TextEncoder {
 public:
  explicit TextEncoder(std::string& out) : out_(out) {}

  // What is empty is left out, as in codec.cpp.
  void operator()(const char* name, const Json& value) {
    if (!value.is_null()) member(name, value);
  }
  void operator()(const char* name, const std::string& value) {
    if (!value.empty()) member(name, value);
  }
  void operator()(const char* name, bool value) {
    if (value) member(name, value);
  }
  template <class T>
  void operator()(const char* name, const std::optional<T>& value) {
    if (value) member(name, *value);
  }
  template <class T>
  void operator()(const char* name, const std::vector<T>& value) {
    if (!value.empty()) member(name, value);
  }
  template <class K, class T>
  void operator()(const char* name, const std::map<K, T>& value) {
    if (!value.empty()) member(name, value);
  }
  template <class Tag>
  void operator()(const char* name, const Id<Tag>& value) {
    if (!value.empty()) member(name, value);
  }
  template <class T>
  void operator()(const char* name, const T& value) {
    member(name, value);
  }

  template <class T>
  void object(const T& value) {
    const bool outer = std::exchange(first_, true);
    const_cast<T&>(value).fields(*this);  // `fields` only hands out references.
    out_ += first_ ? "{}" : "}";
    first_ = outer;
  }
  /// The object with a first member `type`.
  template <class T>
  void typed_object(const T& value) {
    first_ = true;
    member("type", std::string_view{T::type});
    const_cast<T&>(value).fields(*this);
    out_ += '}';
  }

 private:
  template <class T>
  void member(const char* name, const T& value) {
    out_ += std::exchange(first_, false) ? "{\"" : ",\"";
    out_ += name;
    out_ += "\":";
    one(value);
  }

  void one(const Json& value) { append_json(out_, value); }
  void one(const std::string& value) { append_json(out_, std::string_view{value}); }
  void one(std::string_view value) { append_json(out_, value); }
  void one(bool value) { out_ += value ? "true" : "false"; }
  template <class Tag>
  void one(const Id<Tag>& id) {
    one(id.text());
  }
  void one(Instant at) { one(at.time_since_epoch().count()); }
  void one(const Candidate& candidate) { one(to_key(candidate)); }
  void one(const Text& text) {
    const bool outer = std::exchange(first_, true);
    member("vi", text.vi);
    member("en", text.en);
    out_ += '}';
    first_ = outer;
  }
  void one(const DefinitionRef& ref) {
    const bool outer = std::exchange(first_, true);
    member("namespace", ref.namespace_);
    member("name", ref.name);
    member("version", ref.version);
    out_ += '}';
    first_ = outer;
  }
  template <class T>
  requires std::is_integral_v<T>
  void one(T value) { out_ += std::to_string(value); }
  template <class T>
  requires std::is_enum_v<T>
  void one(T value) { one(to_text(value)); }
  template <class T>
  void one(const std::vector<T>& values) {
    list(values, [this](const T& value) { one(value); });
  }
  template <class Tag>
  void one(const std::set<Id<Tag>>& values) {
    list(values, [this](const Id<Tag>& value) { one(value); });
  }
  template <class T>
  void one(const std::map<std::string, T>& values) {
    char before = '{';
    for (const auto& [key, value] : values) {
      out_ += std::exchange(before, ',');
      one(key);
      out_ += ':';
      one(value);
    }
    out_ += before == '{' ? "{}" : "}";
  }
  /// Maps whose values know their own key are stored as lists.
  template <class K, class T>
  void one(const std::map<K, T>& values) {
    list(values, [this](const auto& entry) { one(entry.second); });
  }
  template <class T>
  requires requires(T t, TextEncoder& v) { t.fields(v); }
  void one(const T& value) { object(value); }

  template <class Values, class F>
  void list(const Values& values, F&& write) {
    char before = '[';
    for (const auto& value : values) {
      out_ += std::exchange(before, ',');
      write(value);
    }
    out_ += before == '[' ? "[]" : "]";
  }

  std::string& out_;
  bool first_ = true;  ///< Of the object that is being written.
};

}  // namespace

std::string encode_text(const Event& event) {
  std::string text;
  std::visit([&text](const auto& one) { TextEncoder{text}.typed_object(one); }, event);
  return text;
}

std::string encode_state_text(const State& state) {
  std::string text;
  TextEncoder{text}.object(state);
  return text;
}

std::string encode_text(const Task& task) {
  std::string text;
  TextEncoder{text}.object(task);
  return text;
}

}  // namespace kyhan
