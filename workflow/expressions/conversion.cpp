#include "workflow/expressions/conversion.hpp"

#include <cmath>
#include <limits>
#include <string>

namespace kyhan {
namespace {

constexpr double exact_max = 9007199254740992.0;  // 2^53
constexpr std::int64_t scalar_bytes = 8;

Fits spend(Measure& measure, std::int64_t bytes) {
  measure.bytes_left -= bytes;
  return measure.bytes_left < 0 ? Fits::too_large : Fits::yes;
}

std::int64_t text_bytes(std::size_t size) {
  return static_cast<std::int64_t>(size) + 3;
}

std::string text_of(jv string) {
  return {::jv_string_value(string),
          static_cast<std::size_t>(::jv_string_length_bytes(::jv_copy(string)))};
}

Fits convert(jv value, Json& json, Measure& measure, std::size_t depth) {
  switch (::jv_get_kind(value)) {
    case JV_KIND_INVALID:
    case JV_KIND_NULL:
      json = nullptr;
      return spend(measure, scalar_bytes);
    case JV_KIND_FALSE:
      json = false;
      return spend(measure, scalar_bytes);
    case JV_KIND_TRUE:
      json = true;
      return spend(measure, scalar_bytes);
    case JV_KIND_NUMBER:
      json = json_number(::jv_number_value(value));
      return spend(measure, scalar_bytes);
    case JV_KIND_STRING: {
      const auto size = static_cast<std::size_t>(::jv_string_length_bytes(::jv_copy(value)));
      if (const Fits fits = spend(measure, text_bytes(size)); fits != Fits::yes) return fits;
      json = text_of(value);
      return Fits::yes;
    }
    case JV_KIND_ARRAY: {
      if (depth >= measure.depth_max) return Fits::too_deep;
      json = Json::array();
      auto& items = json.get_ref<Json::array_t&>();
      const int size = ::jv_array_length(::jv_copy(value));
      for (int i = 0; i < size; ++i) {
        jv item = ::jv_array_get(::jv_copy(value), i);
        const Fits fits = convert(item, items.emplace_back(), measure, depth + 1);
        ::jv_free(item);
        if (fits != Fits::yes) return fits;
      }
      return spend(measure, 2);
    }
    case JV_KIND_OBJECT: {
      if (depth >= measure.depth_max) return Fits::too_deep;
      json = Json::object();
      auto& members = json.get_ref<Json::object_t&>();
      for (int i = ::jv_object_iter(value); ::jv_object_iter_valid(value, i) != 0;
           i = ::jv_object_iter_next(value, i)) {
        jv key = ::jv_object_iter_key(value, i);
        std::string name = text_of(key);
        ::jv_free(key);
        Fits fits = spend(measure, text_bytes(name.size()));
        if (fits != Fits::yes) return fits;
        jv member = ::jv_object_iter_value(value, i);
        fits = convert(member, members[std::move(name)], measure, depth + 1);
        ::jv_free(member);
        if (fits != Fits::yes) return fits;
      }
      return spend(measure, 2);
    }
  }
  return Fits::yes;
}

Fits settle_at(Json& json, Measure& measure, std::size_t depth) {
  switch (json.type()) {
    case Json::value_t::number_float:
      json = json_number(json.get_ref<const Json::number_float_t&>());
      return spend(measure, scalar_bytes);
    case Json::value_t::number_integer: {
      const auto number = json.get_ref<const Json::number_integer_t&>();
      if (std::abs(static_cast<double>(number)) >= exact_max) {
        json = json_number(static_cast<double>(number));
      }
      return spend(measure, scalar_bytes);
    }
    case Json::value_t::number_unsigned:
      json = json_number(static_cast<double>(json.get_ref<const Json::number_unsigned_t&>()));
      return spend(measure, scalar_bytes);
    case Json::value_t::string:
      return spend(measure, text_bytes(json.get_ref<const std::string&>().size()));
    case Json::value_t::array:
      if (depth >= measure.depth_max) return Fits::too_deep;
      for (Json& item : json.get_ref<Json::array_t&>()) {
        if (const Fits fits = settle_at(item, measure, depth + 1); fits != Fits::yes) return fits;
      }
      return spend(measure, 2);
    case Json::value_t::object:
      if (depth >= measure.depth_max) return Fits::too_deep;
      for (auto& [key, member] : json.get_ref<Json::object_t&>()) {
        Fits fits = spend(measure, text_bytes(key.size()));
        if (fits == Fits::yes) fits = settle_at(member, measure, depth + 1);
        if (fits != Fits::yes) return fits;
      }
      return spend(measure, 2);
    default:
      return spend(measure, scalar_bytes);
  }
}

}  // namespace

Json json_number(double number) {
  if (std::isnan(number)) return nullptr;
  if (std::isinf(number)) {
    return number > 0 ? std::numeric_limits<double>::max() : std::numeric_limits<double>::lowest();
  }
  if (std::abs(number) <= exact_max && number == std::trunc(number)) {
    return static_cast<std::int64_t>(number);
  }
  return number;
}

jv to_jv(const Json& json) {
  switch (json.type()) {
    case Json::value_t::boolean:
      return ::jv_bool(json.get_ref<const bool&>() ? 1 : 0);
    case Json::value_t::number_integer:
      return ::jv_number(static_cast<double>(json.get_ref<const Json::number_integer_t&>()));
    case Json::value_t::number_unsigned:
      return ::jv_number(static_cast<double>(json.get_ref<const Json::number_unsigned_t&>()));
    case Json::value_t::number_float:
      return ::jv_number(json.get_ref<const Json::number_float_t&>());
    case Json::value_t::string: {
      const auto& text = json.get_ref<const std::string&>();
      return ::jv_string_sized(text.data(), static_cast<int>(text.size()));
    }
    case Json::value_t::array: {
      jv array = ::jv_array_sized(static_cast<int>(json.size()));
      for (const Json& item : json) array = ::jv_array_append(array, to_jv(item));
      return array;
    }
    case Json::value_t::object: {
      jv object = ::jv_object();
      for (const auto& [key, member] : json.get_ref<const Json::object_t&>()) {
        object = ::jv_object_set(
            object, ::jv_string_sized(key.data(), static_cast<int>(key.size())), to_jv(member));
      }
      return object;
    }
    default:
      return ::jv_null();
  }
}

Fits from_jv(jv value, Json& json, Measure& measure) {
  return convert(value, json, measure, 0);
}

Fits settle(Json& json, Measure& measure) {
  return settle_at(json, measure, 0);
}

bool within_depth(const Json& json, std::size_t depth_max) {
  if (!json.is_structured()) return true;
  if (depth_max == 0) return false;
  for (const Json& item : json) {
    if (!within_depth(item, depth_max - 1)) return false;
  }
  return true;
}

}  // namespace kyhan
