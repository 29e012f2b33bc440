// What people say beside their answers: comments on a task or on the case, and whom they name.

#include <algorithm>

#include "workflow/core/decider.hpp"
#include "workflow/core/mentions.hpp"
#include "workflow/core/person_text.hpp"

namespace kyhan {
namespace {

/// Of a comment in the message that tells of it.
constexpr std::size_t excerpt_characters_max = 200;

Error comment_refused(FieldError fault) {
  return Error{
      ErrorCode::invalid,
      "comment-invalid",
      {"Ý kiến không hợp lệ: " + fault.message.vi, "The comment is not valid: " + fault.message.en},
      {std::move(fault)}};
}

Result<void> check_comment(const std::string& comment) {
  if (comment.find_first_not_of(" \t\r\n") == std::string::npos) {
    return comment_refused(
        {"/comment", "minLength", {"Không được để trống.", "It must not be empty."}});
  }
  if (auto fault = fault_in_text(comment, Lines::many, comment_characters_max, "/comment")) {
    return comment_refused(std::move(*fault));
  }
  return {};
}

Result<std::vector<PersonId>> check_mentions(const std::string& comment,
                                             const Directory& directory) {
  std::vector<PersonId> people = mentioned_in(comment, directory);
  if (people.size() <= mentions_max) return people;
  const std::string most = std::to_string(mentions_max);
  return comment_refused({"/comment",
                          "too-many-mentions",
                          {"Chỉ được nhắc tên tối đa " + most + " người.",
                           "At most " + most + " people can be named."}});
}

std::string excerpt_of(const std::string& comment) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < comment.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(comment[i]) & 0xC0) != 0x80;
    if (begins && ++characters > excerpt_characters_max) return comment.substr(0, i) + "…";
  }
  return comment;
}

}  // namespace

Result<void> Decider::comment(const CommentOnTask& command) {
  const auto found = state_.tasks.find(command.task);
  if (found == state_.tasks.end()) {
    return Error{ErrorCode::conflict,
                 "task-not-open",
                 {"Công việc " + command.task.text() + " không còn mở.",
                  "Task " + command.task.text() + " is not open."}};
  }
  if (Result<void> sound = check_comment(command.comment); !sound) return sound;
  Result<std::vector<PersonId>> mentions = check_mentions(command.comment, world_.directory);
  if (!mentions) return mentions.error();
  const Json spec = spec_of(found->second);
  const Text title = spec.contains("title") ? text_of(spec.at("title")) : Text{};
  apply(TaskCommented{command.task, command.by, command.comment, *mentions, now_.at});
  tell_mentioned(*mentions, command.by, title, command.comment, command.task);
  return {};
}

Result<void> Decider::comment(const CommentOnInstance& command) {
  if (Result<void> sound = check_comment(command.comment); !sound) return sound;
  Result<std::vector<PersonId>> mentions = check_mentions(command.comment, world_.directory);
  if (!mentions) return mentions.error();
  apply(InstanceCommented{command.by, command.comment, *mentions, now_.at});
  Text title = definition().title;
  if (title.vi.empty()) title = {definition().ref.name, definition().ref.name};
  if (state_.title.is_object()) title = text_of(state_.title);
  tell_mentioned(*mentions, command.by, title, command.comment, TaskId{});
  return {};
}

/// Whoever is named is told at once; no preference silences it, for somebody waits for them.
void Decider::tell_mentioned(const std::vector<PersonId>& mentions, const PersonId& by, Text title,
                             const std::string& comment, const TaskId& task) {
  std::vector<PersonId> to;
  std::ranges::copy_if(mentions, std::back_inserter(to),
                       [&](const PersonId& person) { return person != by; });
  if (to.empty()) return;
  const Person* author = world_.directory.find_person(by);
  const std::string name = author == nullptr ? by.text() : author->name;
  const std::string said = excerpt_of(comment);
  effect(Notify{std::move(to),
                "mention",
                std::move(title),
                {name + " nhắc đến bạn: " + said, name + " mentioned you: " + said},
                task});
}

}  // namespace kyhan
