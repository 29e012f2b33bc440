#include "workflow/core/person_text.hpp"

#include <algorithm>
#include <utf8proc.h>

#include "workflow/core/documents_reader.hpp"

namespace kyhan {
namespace {

constexpr std::size_t faults_max = 100;
constexpr std::size_t extension_bytes_max = 12;

/// The code point at the front of `text` and how many bytes it takes; negative: not UTF-8.
struct Read {
  utf8proc_int32_t code = -1;
  std::size_t bytes = 1;
};
Read read_front(std::string_view text) {
  Read read;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto taken =
      utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size()), &read.code);
  if (taken > 0) {
    read.bytes = static_cast<std::size_t>(taken);
  } else {
    read.code = -1;
  }
  return read;
}

bool is_control(utf8proc_int32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F);
}
bool breaks_line(utf8proc_int32_t code) {
  return code == '\n' || code == '\r' || code == 0x2028 || code == 0x2029;
}
/// Marks, embeddings, overrides and isolates: none is needed to write Vietnamese or English.
bool turns_order(utf8proc_int32_t code) {
  return code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}
bool means_nothing(utf8proc_int32_t code) {
  return (code >= 0xFDD0 && code <= 0xFDEF) || (code & 0xFFFE) == 0xFFFE;
}

std::string in_hex(utf8proc_int32_t code) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (int shift = code > 0xFFFF ? 20 : 12; shift >= 0; shift -= 4) {
    text += digits[static_cast<std::size_t>((code >> shift) & 0xF)];
  }
  return "U+" + text;
}

Text at_place(const char* vi, const char* en, utf8proc_int32_t code, std::size_t place) {
  const std::string which = in_hex(code);
  const std::string where = std::to_string(place);
  return {std::string(vi) + " (" + which + ") ở vị trí " + where + "; hãy bỏ ký tự đó.",
          std::string(en) + " (" + which + ") at place " + where + "; remove it."};
}

void look_into(const Json& value, const std::string& pointer, std::vector<FieldError>& faults) {
  if (faults.size() >= faults_max) return;
  if (value.is_string()) {
    auto fault = fault_in_text(value.get_ref<const std::string&>(), Lines::many,
                               data_text_characters_max, pointer);
    if (fault) faults.push_back(std::move(*fault));
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      look_into(value[i], pointer + "/" + std::to_string(i), faults);
    }
  } else if (value.is_object()) {
    for (const auto& [name, child] : value.items()) {
      const std::string at = pointer + "/" + documents::escape_token(name);
      constexpr std::size_t name_characters_max = 200;
      if (auto fault = fault_in_text(name, Lines::one, name_characters_max, at)) {
        faults.push_back(std::move(*fault));
      }
      look_into(child, at, faults);
    }
  }
}

}  // namespace

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::optional<FieldError> fault_in_text(std::string_view text, Lines lines,
                                        std::size_t characters_max, const std::string& pointer) {
  std::size_t place = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const Read front = read_front(rest);
    rest.remove_prefix(front.bytes);
    ++place;
    if (front.code < 0) {
      return FieldError{pointer,
                        "json-encoding",
                        {"Văn bản không phải là UTF-8 hợp lệ.", "The text is not valid UTF-8."}};
    }
    if (breaks_line(front.code)) {
      if (lines == Lines::many) continue;
      return FieldError{pointer,
                        "line-break",
                        {"Chỉ được viết trên một dòng.", "It must be written on a single line."}};
    }
    if (front.code == '\t' && lines == Lines::many) continue;
    if (is_control(front.code) || means_nothing(front.code)) {
      return FieldError{
          pointer, "control-character",
          at_place("Có ký tự điều khiển", "It has a control character", front.code, place)};
    }
    if (turns_order(front.code)) {
      return FieldError{pointer, "bidi-control",
                        at_place("Có ký tự đảo chiều chữ",
                                 "It has a character that turns the "
                                 "direction of writing",
                                 front.code, place)};
    }
  }
  if (place > characters_max) {
    const std::string most = std::to_string(characters_max);
    return FieldError{pointer,
                      "maxLength",
                      {"Dài quá " + most + " ký tự.", "Longer than " + most + " characters."}};
  }
  return std::nullopt;
}

Result<void> check_reason(std::string_view reason, const std::string& pointer) {
  std::optional<FieldError> fault;
  if (reason.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    fault = FieldError{pointer, "required", {"Phải ghi lý do.", "A reason is required."}};
  } else {
    fault = fault_in_text(reason, Lines::many, comment_characters_max, pointer);
  }
  if (!fault) return {};
  Error error{ErrorCode::invalid, "comment-invalid", fault->message};
  error.fields.push_back(std::move(*fault));
  return error;
}

std::vector<FieldError> faults_in_texts(const Json& value, const std::string& pointer) {
  std::vector<FieldError> faults;
  look_into(value, pointer, faults);
  if (faults.size() > faults_max) faults.resize(faults_max);
  return faults;
}

std::string tame_file_name(std::string_view name) {
  const std::size_t slash = name.find_last_of("/\\");
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  std::string tame;
  for (std::string_view rest = name; !rest.empty();) {
    const Read front = read_front(rest);
    const bool wild = front.code < 0 || is_control(front.code) || means_nothing(front.code) ||
                      turns_order(front.code) || breaks_line(front.code) || front.code == '"';
    tame += wild ? std::string_view{"_"} : rest.substr(0, front.bytes);
    rest.remove_prefix(front.bytes);
  }
  while (!tame.empty() && (tame.back() == ' ' || tame.back() == '.')) tame.pop_back();
  while (tame.starts_with(' ')) tame.erase(0, 1);
  if (tame.size() > file_name_bytes_max) {
    const std::size_t dot = tame.rfind('.');
    const bool has_extension =
        dot != std::string::npos && dot > 0 && tame.size() - dot <= extension_bytes_max;
    const std::string extension = has_extension ? tame.substr(dot) : "";
    std::size_t kept = file_name_bytes_max - extension.size();
    while (kept > 0 && (static_cast<unsigned char>(tame[kept]) & 0xC0) == 0x80) --kept;
    tame = tame.substr(0, kept) + extension;
  }
  return tame.empty() ? "tep-dinh-kem" : tame;
}

}  // namespace kyhan
