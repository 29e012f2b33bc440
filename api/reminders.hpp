#pragma once
/// What people were told of a task, with the proof, and what they will be told.

#include "api/call.hpp"
#include "workflow/store/reads.hpp"

namespace kyhan {

/// What comes next while nobody acts: [{at, kind, action?, to: [{id, name}], title, why}], at most
/// `most`; empty for a task that has ended.
[[nodiscard]] Result<Json> upcoming_json(const Call& call, Reads& reads, const TaskRow& task,
                                         std::size_t most);

/// What is known of the messages that carried the reminders of an instance, by their ids.
struct Proofs {
  std::map<std::string, Instant> confirmed;
  std::map<std::string, MailRow> mails;
};
[[nodiscard]] Result<Proofs> proofs_of(Reads& reads, const InstanceId& instance);

/// [{id, name, confirmedAt, mail?}] of a reminder that went out; confirmedAt null: the broker has not
/// taken it over yet; mail {state, at?} where one was to be sent.
[[nodiscard]] Json reached_json(const Call& call, const Proofs& proofs, const std::string& key,
                                const std::vector<PersonId>& people);

}  // namespace kyhan
