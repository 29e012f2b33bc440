#pragma once
/// Checks of the shapes inside `with` of the default catalog's functions. Each takes the value and
/// its pointer and adds faults; an expression passes for any value. Only definition*.cpp includes
/// it.

#include <functional>

#include "workflow/core/definition_reader.hpp"

namespace kyhan::definition {

using Check = std::function<void(Reader&, const Json&, const std::string&)>;

void check_each(Reader& reader, const Json& value, const std::string& pointer, const Check& check);
/// The member of an object, when it is there.
void check_member(Reader& reader, const Json& object, const std::string& pointer,
                  std::string_view key, const Check& check);
void check_integer(Reader& reader, const Json& object, const std::string& pointer,
                   std::string_view key, std::int64_t least);
void check_word(Reader& reader, const Json& value, const std::string& pointer);
void check_clock(Reader& reader, const Json& value, const std::string& pointer);
void check_certainty(Reader& reader, const Json& object, const std::string& pointer,
                     std::string_view key);
void check_recipient(Reader& reader, const Json& value, const std::string& pointer);
void check_recipients(Reader& reader, const Json& value, const std::string& pointer);
void check_due(Reader& reader, const Json& value, const std::string& pointer);
/// {in} | {workingDays} | {workingHours} from the due date.
void check_offset(Reader& reader, const Json& value, const std::string& pointer,
                  bool may_be_negative);
void check_reminders(Reader& reader, const Json& value, const std::string& pointer);
void check_exclude(Reader& reader, const Json& value, const std::string& pointer);
void check_share(Reader& reader, const Json& value, const std::string& pointer);
/// `outcomes` are the ids that `forOutcomes` may name; null: not known.
void check_attachments(Reader& reader, const Json& value, const std::string& pointer,
                       const std::set<std::string>* outcomes);

/// "none" | {by: [candidates], max}: who may grant more time, and how often.
void check_extension(Reader& reader, const Json& value, const std::string& pointer);
/// Waits and timeouts whose span may come from the calendar: it is not moved with it.
void warn_of_fixed_spans(Reader& reader);

void check_human_task(Reader& reader, const Json& with, const std::string& pointer);
void check_vote(Reader& reader, const Json& with, const std::string& pointer);
void check_fan_out(Reader& reader, const Json& with, const std::string& pointer);

}  // namespace kyhan::definition
