// What can be done with a task besides answering it. Who may, the core decides.

#include "api/access.hpp"
#include "api/handlers.hpp"
#include "api/task_acting.hpp"
#include "workflow/core/person_text.hpp"

namespace kyhan {
namespace {

constexpr std::size_t id_characters_max = 40;

/// The task and the body's fields, read whole; the command is made from them.
template <class Make>
HandlerResult verb(Call& call, Make make) {
  Fields fields{call.body};
  Command command = make(fields, TaskId{call.parameters.front()}, call.caller.person);
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  Result<TaskRow> task = task_to_act_on(call);
  if (!task) co_return task.error();
  co_return co_await act_on_task(call, std::move(*task), std::move(command));
}

PersonId person_field(Fields& fields, const std::string& name) {
  return PersonId{fields.text(name, Need::required, id_characters_max)};
}

std::string words(Fields& fields, const std::string& name, Need need) {
  return fields.paragraphs(name, need, comment_characters_max);
}

}  // namespace

HandlerResult claim_task(Call& call) {
  return verb(call, [](Fields&, TaskId task, PersonId by) -> Command {
    return ClaimTask{std::move(task), std::move(by)};
  });
}

HandlerResult release_task(Call& call) {
  return verb(call, [](Fields&, TaskId task, PersonId by) -> Command {
    return ReleaseTask{std::move(task), std::move(by)};
  });
}

HandlerResult begin_task(Call& call) {
  return verb(call, [](Fields&, TaskId task, PersonId by) -> Command {
    return StartTask{std::move(task), std::move(by)};
  });
}

HandlerResult delegate_task(Call& call) {
  return verb(call, [](Fields& fields, TaskId task, PersonId by) -> Command {
    PersonId to = person_field(fields, "to");
    return DelegateTask{std::move(task), std::move(by), std::move(to),
                        words(fields, "comment", Need::optional)};
  });
}

HandlerResult reassign_task(Call& call) {
  return verb(call, [](Fields& fields, TaskId task, PersonId by) -> Command {
    PersonId to = person_field(fields, "to");
    return ReassignTask{std::move(task), std::move(by), std::move(to),
                        words(fields, "comment", Need::optional)};
  });
}

HandlerResult request_info_at_task(Call& call) {
  return verb(call, [](Fields& fields, TaskId task, PersonId by) -> Command {
    PersonId to = person_field(fields, "to");
    return RequestInfo{std::move(task), std::move(by), std::move(to),
                       words(fields, "question", Need::required)};
  });
}

HandlerResult provide_info_at_task(Call& call) {
  return verb(call, [](Fields& fields, TaskId task, PersonId by) -> Command {
    return ProvideInfo{std::move(task), std::move(by), words(fields, "answer", Need::required)};
  });
}

HandlerResult add_signer_to_task(Call& call) {
  return verb(call, [](Fields& fields, TaskId task, PersonId by) -> Command {
    PersonId to = person_field(fields, "to");
    return AddSigner{std::move(task), std::move(by), std::move(to),
                     words(fields, "comment", Need::optional)};
  });
}

HandlerResult remove_signer_of_task(Call& call) {
  return verb(call, [](Fields& fields, TaskId task, PersonId by) -> Command {
    return RemoveSigner{std::move(task), std::move(by), words(fields, "reason", Need::optional)};
  });
}

HandlerResult recall_answer(Call& call) {
  return verb(call, [](Fields& fields, TaskId task, PersonId by) -> Command {
    return RecallAnswer{std::move(task), std::move(by), words(fields, "reason", Need::optional)};
  });
}

}  // namespace kyhan
