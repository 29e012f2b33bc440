#include "workflow/core/json_text.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <stdexcept>

namespace kyhan {
namespace {

/// What a byte of a string asks for.
enum class Byte : std::uint8_t { plain, escaped, wide };

constexpr std::array<Byte, 256> kinds = [] {
  std::array<Byte, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c) {
    table[c] = c < 0x20 || c == '"' || c == '\\' ? Byte::escaped
               : c >= 0x80                       ? Byte::wide
                                                 : Byte::plain;
  }
  return table;
}();

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<std::uint8_t>(text[at]) : 0;
}

/// Bytes of the character beyond ASCII at `at`. RFC 3629: shortest form, no surrogates, up to
/// U+10FFFF.
std::size_t wide_character(std::string_view text, std::size_t at) {
  const std::uint8_t first = byte_at(text, at);
  const std::uint8_t second = byte_at(text, at + 1);
  const auto follows = [&](std::size_t index) { return (byte_at(text, index) & 0xC0) == 0x80; };
  if (first >= 0xC2 && first <= 0xDF && follows(at + 1)) return 2;
  if (first >= 0xE0 && first <= 0xEF && follows(at + 1) && follows(at + 2)) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second > 0x9F;
    if (!overlong && !surrogate) return 3;
  }
  if (first >= 0xF0 && first <= 0xF4 && follows(at + 1) && follows(at + 2) && follows(at + 3)) {
    const bool overlong = first == 0xF0 && second < 0x90;
    const bool beyond = first == 0xF4 && second > 0x8F;
    if (!overlong && !beyond) return 4;
  }
  throw std::invalid_argument("a text to be stored as JSON is not UTF-8");
}

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default: {
      constexpr std::string_view digits = "0123456789abcdef";
      const auto code = static_cast<std::uint8_t>(c);
      out += "\\u00";
      out += digits[code >> 4];
      out += digits[code & 0xF];
    }
  }
}

template <class Integer>
void append_integer(std::string& out, Integer number) {
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out.append(text.data(), static_cast<std::size_t>(end - text.data()));
}

}  // namespace

void append_json(std::string& out, std::string_view text) {
  out += '"';
  std::size_t begin = 0;  // Of what is not written yet.
  for (std::size_t at = 0; at < text.size();) {
    switch (kinds[static_cast<std::uint8_t>(text[at])]) {
      case Byte::plain:
        ++at;
        break;
      case Byte::wide:
        at += wide_character(text, at);
        break;
      case Byte::escaped:
        out.append(text, begin, at - begin);
        append_escaped(out, text[at]);
        begin = ++at;
        break;
    }
  }
  out.append(text, begin, text.size() - begin);
  out += '"';
}

void append_json(std::string& out, const Json& value) {
  switch (value.type()) {
    case Json::value_t::object: {
      char before = '{';
      for (const auto& [key, member] : value.get_ref<const Json::object_t&>()) {
        out += before;
        append_json(out, std::string_view{key});
        out += ':';
        append_json(out, member);
        before = ',';
      }
      out += before == '{' ? "{}" : "}";
      return;
    }
    case Json::value_t::array: {
      char before = '[';
      for (const Json& item : value.get_ref<const Json::array_t&>()) {
        out += before;
        append_json(out, item);
        before = ',';
      }
      out += before == '[' ? "[]" : "]";
      return;
    }
    case Json::value_t::string:
      append_json(out, std::string_view{value.get_ref<const std::string&>()});
      return;
    case Json::value_t::boolean:
      out += value.get_ref<const bool&>() ? "true" : "false";
      return;
    case Json::value_t::number_integer:
      append_integer(out, value.get_ref<const std::int64_t&>());
      return;
    case Json::value_t::number_unsigned:
      append_integer(out, value.get_ref<const std::uint64_t&>());
      return;
    default:  // A fraction, null: rare enough.
      out += value.dump();
      return;
  }
}

std::string json_text(const Json& value) {
  std::string text;
  append_json(text, value);
  return text;
}

}  // namespace kyhan
