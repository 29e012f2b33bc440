#include "workflow/core/forms_number.hpp"

#include <charconv>
#include <cmath>

#include "workflow/core/json_text.hpp"

namespace kyhan::forms {
namespace {

__extension__ using Wide = unsigned __int128;

Decimal normal(bool negative, std::uint64_t digits, int exponent) {
  if (digits == 0) return {};
  while (digits % 10 == 0) {
    digits /= 10;
    ++exponent;
  }
  return {negative, digits, exponent};
}

Decimal decimal_of_double(double value) {
  // Scientific form of the shortest text: "-d.ddde-XX", at most 17 digits.
  std::array<char, 40> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific);
  bool negative = false;
  std::uint64_t digits = 0;
  int after_point = 0;
  bool point = false;
  const char* at = text.data();
  for (; at != end.ptr && *at != 'e'; ++at) {
    if (*at == '-') {
      negative = true;
    } else if (*at == '.') {
      point = true;
    } else {
      digits = digits * 10 + static_cast<std::uint64_t>(*at - '0');
      if (point) ++after_point;
    }
  }
  int exponent = 0;
  if (at != end.ptr) {
    ++at;
    if (*at == '+') ++at;
    std::from_chars(at, end.ptr, exponent);
  }
  return normal(negative, digits, exponent - after_point);
}

int count_digits(std::uint64_t value) {
  int count = 1;
  while (value >= 10) {
    value /= 10;
    ++count;
  }
  return count;
}

std::strong_ordering compare_magnitude(const Decimal& a, const Decimal& b) {
  if (a.digits == 0 || b.digits == 0) return a.digits <=> b.digits;
  const int order_a = count_digits(a.digits) + a.exponent;
  const int order_b = count_digits(b.digits) + b.exponent;
  if (order_a != order_b) return order_a <=> order_b;
  // The same order of magnitude: the exponents differ by less than the 20 digits there are.
  Wide wide_a = a.digits;
  Wide wide_b = b.digits;
  for (int i = b.exponent; i < a.exponent; ++i) wide_a *= 10;
  for (int i = a.exponent; i < b.exponent; ++i) wide_b *= 10;
  if (wide_a == wide_b) return std::strong_ordering::equal;
  return wide_a < wide_b ? std::strong_ordering::less : std::strong_ordering::greater;
}

void write_canonical(const Json& value, std::string& out) {
  if (const auto number = decimal_of(value)) {
    out += number->negative ? "-" : "";
    out += std::to_string(number->digits) + "e" + std::to_string(number->exponent);
  } else if (value.is_array()) {
    out += '[';
    for (const Json& item : value) {
      write_canonical(item, out);
      out += ',';
    }
    out += ']';
  } else if (value.is_object()) {
    out += '{';
    for (const auto& [name, item] : value.items()) {  // Sorted by name.
      append_json(out, std::string_view{name});
      out += ':';
      write_canonical(item, out);
      out += ',';
    }
    out += '}';
  } else {
    append_json(out, value);
  }
}

}  // namespace

std::optional<Decimal> decimal_of(const Json& value) {
  if (value.is_number_unsigned()) return normal(false, value.get<std::uint64_t>(), 0);
  if (value.is_number_integer()) {
    const auto number = value.get<std::int64_t>();
    const auto magnitude = static_cast<std::uint64_t>(number);
    return number < 0 ? normal(true, 0 - magnitude, 0) : normal(false, magnitude, 0);
  }
  if (!value.is_number_float() || !std::isfinite(value.get<double>())) return std::nullopt;
  return decimal_of_double(value.get<double>());
}

std::strong_ordering compare(const Decimal& a, const Decimal& b) {
  if (a.negative != b.negative) {
    return a.negative ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  return a.negative ? compare_magnitude(b, a) : compare_magnitude(a, b);
}

bool is_multiple(const Decimal& value, const Decimal& of) {
  if (value.digits == 0) return true;
  // Neither ends in a zero, so a finer value is no multiple of a coarser number.
  if (value.exponent < of.exponent) return false;
  Wide rest = value.digits % of.digits;
  for (int i = of.exponent; i < value.exponent && rest != 0; ++i) rest = rest * 10 % of.digits;
  return rest == 0;
}

bool is_whole(const Decimal& value) {
  return value.exponent >= 0;
}

bool same(const Json& a, const Json& b, std::size_t& looked_at) {
  ++looked_at;
  if (a.is_number() && b.is_number()) {
    const auto left = decimal_of(a);
    return left && left == decimal_of(b);
  }
  if (a.type() != b.type()) return false;
  if (!a.is_structured()) return a == b;
  if (a.size() != b.size()) return false;
  for (auto left = a.begin(), right = b.begin(); left != a.end(); ++left, ++right) {
    if (a.is_object() && left.key() != right.key()) return false;
    if (!same(*left, *right, looked_at)) return false;
  }
  return true;
}

std::string canonical(const Json& value) {
  std::string out;
  write_canonical(value, out);
  return out;
}

}  // namespace kyhan::forms
