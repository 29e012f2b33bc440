#include "workflow/core/codec.hpp"

#include <stdexcept>
#include <type_traits>

namespace kyhan {
namespace {

template <class T>
concept Described = requires(T t) { t.fields(*static_cast<struct Encoder*>(nullptr)); };

template <class E>
struct EnumNames;
template <>
struct EnumNames<TaskState> {
  static constexpr std::string_view names[] = {"offered", "claimed", "completed", "withdrawn",
                                               "expired", "in_progress"};
};
template <>
struct EnumNames<InstanceStatus> {
  static constexpr std::string_view names[] = {"running", "waiting", "completed", "faulted",
                                               "cancelled", "suspended"};
};

template <class E>
E enum_from(std::string_view text) {
  int value = 0;
  for (const std::string_view name : EnumNames<E>::names) {
    if (name == text) return static_cast<E>(value);
    ++value;
  }
  throw std::runtime_error("unknown name in stored data: " + std::string(text));
}

struct Encoder {
  Json& out;

  void operator()(const char* name, const Json& value) {
    if (!value.is_null()) out[name] = value;
  }
  void operator()(const char* name, const std::string& value) {
    if (!value.empty()) out[name] = value;
  }
  void operator()(const char* name, bool value) {
    if (value) out[name] = true;
  }
  template <class T>
  void operator()(const char* name, const std::optional<T>& value) {
    if (value) out[name] = one(*value);
  }
  template <class T>
  void operator()(const char* name, const std::vector<T>& value) {
    if (!value.empty()) out[name] = one(value);
  }
  template <class K, class T>
  void operator()(const char* name, const std::map<K, T>& value) {
    if (!value.empty()) out[name] = one(value);
  }
  template <class Tag>
  void operator()(const char* name, const Id<Tag>& value) {
    if (!value.empty()) out[name] = value.text();
  }
  template <class T>
  void operator()(const char* name, const T& value) {
    out[name] = one(value);
  }

  static Json one(const Json& value) { return value; }
  static Json one(const std::string& value) { return value; }
  template <class Tag>
  static Json one(const Id<Tag>& id) {
    return id.text();
  }
  static Json one(Instant at) { return at.time_since_epoch().count(); }
  static Json one(const Text& text) { return {{"vi", text.vi}, {"en", text.en}}; }
  static Json one(const DefinitionRef& ref) {
    return {{"namespace", ref.namespace_}, {"name", ref.name}, {"version", ref.version}};
  }
  static Json one(const Candidate& candidate) { return to_key(candidate); }
  template <class T>
    requires std::is_integral_v<T>
  static Json one(T value) {
    return value;
  }
  template <class T>
    requires std::is_enum_v<T>
  static Json one(T value) {
    return std::string(EnumNames<T>::names[static_cast<int>(value)]);
  }
  template <class T>
  static Json one(const std::vector<T>& values) {
    Json list = Json::array();
    for (const T& value : values) list.push_back(one(value));
    return list;
  }
  template <class Tag>
  static Json one(const std::set<Id<Tag>>& values) {
    Json list = Json::array();
    for (const Id<Tag>& value : values) list.push_back(value.text());
    return list;
  }
  template <class T>
  static Json one(const std::map<std::string, T>& values) {
    Json object = Json::object();
    for (const auto& [key, value] : values) object[key] = one(value);
    return object;
  }
  /// Maps whose values know their own key are stored as lists.
  template <class K, class T>
  static Json one(const std::map<K, T>& values) {
    Json list = Json::array();
    for (const auto& [key, value] : values) list.push_back(one(value));
    return list;
  }
  template <class T>
    requires requires(T t, Encoder& v) { t.fields(v); }
  static Json one(const T& value) {
    Json object = Json::object();
    Encoder encoder{object};
    const_cast<T&>(value).fields(encoder);  // `fields` only hands out references.
    return object;
  }
};

struct Decoder {
  const Json& in;

  template <class T>
  void operator()(const char* name, T& value) {
    const auto found = in.find(name);
    if (found != in.end()) read(*found, value);
  }

  static void read(const Json& json, Json& value) { value = json; }
  static void read(const Json& json, std::string& value) { value = json.get<std::string>(); }
  static void read(const Json& json, bool& value) { value = json.get<bool>(); }
  template <class Tag>
  static void read(const Json& json, Id<Tag>& id) {
    id = Id<Tag>(json.get<std::string>());
  }
  static void read(const Json& json, Instant& at) {
    at = Instant(Milliseconds(json.get<std::int64_t>()));
  }
  static void read(const Json& json, Text& text) {
    text = {json.at("vi").get<std::string>(), json.at("en").get<std::string>()};
  }
  static void read(const Json& json, DefinitionRef& ref) {
    ref = {json.at("namespace").get<std::string>(), json.at("name").get<std::string>(),
           json.at("version").get<std::string>()};
  }
  static void read(const Json& json, Candidate& candidate) {
    Result<Candidate> parsed = candidate_from_key(json.get<std::string>());
    if (!parsed) throw std::runtime_error("unknown candidate in stored data");
    candidate = std::move(*parsed);
  }
  template <class T>
    requires std::is_integral_v<T>
  static void read(const Json& json, T& value) {
    value = json.get<T>();
  }
  template <class T>
    requires std::is_enum_v<T>
  static void read(const Json& json, T& value) {
    value = enum_from<T>(json.get_ref<const std::string&>());
  }
  template <class T>
  static void read(const Json& json, std::optional<T>& value) {
    value.emplace();
    read(json, *value);
  }
  template <class T>
  static void read(const Json& json, std::vector<T>& values) {
    values.clear();
    for (const Json& item : json) {
      values.emplace_back();
      read(item, values.back());
    }
  }
  template <class Tag>
  static void read(const Json& json, std::set<Id<Tag>>& values) {
    for (const Json& item : json) values.insert(Id<Tag>(item.get<std::string>()));
  }
  template <class T>
  static void read(const Json& json, std::map<std::string, T>& values) {
    for (const auto& [key, item] : json.items()) read(item, values[key]);
  }
  template <class K, class T>
  static void read(const Json& json, std::map<K, T>& values) {
    for (const Json& item : json) {
      T value;
      read(item, value);
      K key = value.id;
      values.emplace(std::move(key), std::move(value));
    }
  }
  template <class T>
    requires requires(T t, Decoder& v) { t.fields(v); }
  static void read(const Json& json, T& value) {
    Decoder decoder{json};
    value.fields(decoder);
  }
};

template <std::size_t I = 0>
Event decode_as(std::string_view type, const Json& json) {
  if constexpr (I == std::variant_size_v<Event>) {
    throw std::runtime_error("unknown event in stored data: " + std::string(type));
  } else {
    using One = std::variant_alternative_t<I, Event>;
    if (type != One::type) return decode_as<I + 1>(type, json);
    One event;
    Decoder::read(json, event);
    return event;
  }
}

}  // namespace

Json encode(const Event& event) {
  return std::visit(
      [](const auto& one) {
        Json json = Encoder::one(one);
        json["type"] = one.type;
        return json;
      },
      event);
}

Event decode_event(const Json& json) {
  return decode_as(json.at("type").get_ref<const std::string&>(), json);
}

Json encode_state(const State& state) { return Encoder::one(state); }

State decode_state(const Json& json) {
  State state;
  Decoder::read(json, state);
  return state;
}

Json encode(const WorkflowError& error) {
  Json json = {{"type", error.type}, {"status", error.status}};
  if (!error.title.empty()) json["title"] = error.title;
  if (!error.detail.empty()) json["detail"] = error.detail;
  if (!error.instance.empty()) json["instance"] = error.instance;
  if (error.extra.is_object()) json.update(error.extra);
  return json;
}

Json encode(const Response& response) { return Encoder::one(response); }
Json encode(const Attachment& attachment) { return Encoder::one(attachment); }
Json encode(const Task& task) { return Encoder::one(task); }
Json encode(const Fan& fan) {
  return Encoder::one(fan);
}

Fan decode_fan(const Json& json) {
  Fan fan;
  Decoder::read(json, fan);
  return fan;
}

WorkflowError decode_workflow_error(const Json& json) {
  WorkflowError error;
  Decoder::read(json, error);
  error.extra = json;
  for (const char* own : {"type", "status", "title", "detail", "instance"}) error.extra.erase(own);
  if (error.extra.empty()) error.extra = nullptr;
  return error;
}

std::string_view to_text(TaskState state) {
  return EnumNames<TaskState>::names[static_cast<int>(state)];
}
std::string_view to_text(InstanceStatus status) {
  return EnumNames<InstanceStatus>::names[static_cast<int>(status)];
}
std::string_view type_of(const Event& event) {
  return std::visit([](const auto& one) -> std::string_view { return one.type; }, event);
}

}  // namespace kyhan
