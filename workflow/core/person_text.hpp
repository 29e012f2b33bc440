#pragma once
/// Text that people type: what may stand in it, wherever it comes in.
///
/// It is UTF-8 in NFC already (documents.hpp). Characters that steer a terminal or a file (control
/// characters) or that turn the order of what stands around them (bidirectional controls) are
/// refused by name, never stripped: nobody's words are changed behind their back. Names of files,
/// which a person can hardly retype, are tamed instead.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/core/json.hpp"
#include "workflow/core/result.hpp"

namespace kyhan {

/// One line, or paragraphs with line breaks and tabs.
enum class Lines { one, many };

/// One string inside form data.
constexpr std::size_t data_text_characters_max = 100'000;
constexpr std::size_t file_name_bytes_max = 200;
/// One comment, or the comment of an answer.
constexpr std::size_t comment_characters_max = 10'000;

/// Code points, so that "ế" counts once.
[[nodiscard]] std::size_t characters_in(std::string_view text);

/// What is wrong with a text, under `pointer`: "json-encoding", "control-character",
/// "bidi-control", "line-break", "maxLength". Nothing: it may be kept.
[[nodiscard]] std::optional<FieldError> fault_in_text(std::string_view text, Lines lines,
                                                      std::size_t characters_max,
                                                      const std::string& pointer);

/// Whoever interferes with a case says why: not blank, and a comment as any other.
/// Error: "comment-invalid", with the field `pointer`.
[[nodiscard]] Result<void> check_reason(std::string_view reason, const std::string& pointer);

/// The same for every string of a value, names of members included. At most 100 faults.
[[nodiscard]] std::vector<FieldError> faults_in_texts(const Json& value,
                                                      const std::string& pointer);

/// A name that is safe to show and to send back: the last part of a path; control characters,
/// bidirectional controls and quotes become `_`; never longer than file_name_bytes_max, the
/// extension kept; never empty.
[[nodiscard]] std::string tame_file_name(std::string_view name);

}  // namespace kyhan
