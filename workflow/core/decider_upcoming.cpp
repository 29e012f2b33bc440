// What is still to come of an open task, told before it happens, with the reason in words.

#include "workflow/core/decider.hpp"
#include "workflow/core/due_form.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

std::string trimmed(double number) {
  std::string text = std::to_string(number);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string plural(const std::string& count, const char* one, const char* many) {
  return count + " " + (count == "1" ? one : many);
}

struct Span {
  int sign = 0;  ///< -1: before the due date, 0: on it, 1: after.
  Text length;
};

/// "5 ngày làm việc", "5 working days" of an offset or of what a reminder repeats by.
Span span_of(const Json& offset) {
  if (const Json& days = member(offset, "workingDays"); days.is_number()) {
    const int count = days.get<int>();
    const std::string text = std::to_string(std::abs(count));
    return {(count > 0) - (count < 0),
            {text + " ngày làm việc", plural(text, "working day", "working days")}};
  }
  if (const Json& hours = member(offset, "workingHours"); hours.is_number()) {
    const double count = hours.get<double>();
    const std::string text = trimmed(std::abs(count));
    return {(count > 0) - (count < 0),
            {text + " giờ làm việc", plural(text, "working hour", "working hours")}};
  }
  const Result<Duration> length = parse_duration(member(offset, "in"));
  if (!length || *length == Duration{}) return {};
  const std::int64_t first = length->years != 0    ? length->years
                             : length->months != 0 ? length->months
                             : length->days != 0   ? length->days
                                                   : length->exact.count();
  return {first < 0 ? -1 : 1, in_words(*length)};
}

Text position_of(const Span& span, const Text& day) {
  if (span.sign == 0) return {"đúng hạn " + day.vi, "on the due date, " + day.en};
  if (span.sign < 0) {
    return {"trước hạn " + day.vi + " là " + span.length.vi,
            span.length.en + " before the due date, " + day.en};
  }
  return {"quá hạn " + day.vi + " là " + span.length.vi,
          span.length.en + " after the due date, " + day.en};
}

Text why_reminded(const Json& reminder, int round, const Text& day) {
  const Text position = position_of(span_of(member(reminder, "offset")), day);
  if (round == 0) return {"Nhắc việc: " + position.vi + ".", "Reminder: " + position.en + "."};
  const Text every = span_of(member(member(reminder, "repeat"), "every")).length;
  const bool until_due = member(member(reminder, "repeat"), "until") == "due";
  return {"Nhắc lại lần " + std::to_string(round + 1) + ", cứ " + every.vi + " một lần " +
              (until_due ? "đến hạn." : "đến khi xong."),
          "Reminder no. " + std::to_string(round + 1) + ", every " + every.en +
              (until_due ? " until it is due." : " until it is done.")};
}

Text why_escalated(const Json& step, const Text& day) {
  const Text position = position_of(span_of(member(step, "after")), day);
  const std::string action = step.value("action", "notify");
  Text what{"báo cáo cấp trên", "escalated"};
  if (action == "reassign") what = {"chuyển người khác xử lý", "reassigned"};
  if (action == "addCandidates") what = {"mời thêm người xử lý", "offered to more people"};
  if (action == "complete") what = {"hệ thống ghi kết quả thay", "answered by the system"};
  if (action == "raise") what = {"thu hồi, dừng bước này", "withdrawn, the step ends"};
  const Text note = text_of(member(step, "note"));
  return {
      "Còn chưa xong khi " + position.vi + ": " + what.vi +
          (note.vi.empty() ? "." : ". " + note.vi + "."),
      "Not done " + position.en + ": " + what.en + (note.en.empty() ? "." : ". " + note.en + ".")};
}

}  // namespace

std::string reminder_key(const TaskId& task, const Moment& moment) {
  const std::string key =
      task.text() + "/" + std::to_string(moment.index) + "." + std::to_string(moment.round);
  return moment.plan ? key + "p" + std::to_string(*moment.plan) : key;
}

UpcomingNotice Decider::notice_of(const Task& task, const Moment& moment) const {
  const Json& spec = state_.nodes.at(task.node).spec;
  UpcomingNotice notice{moment.at, moment.kind, moment.index, moment.round, {}, {}, {}};
  const Result<Date> due = parse_iso_date(
      task.due_explain.is_object() ? task.due_explain.value("date", "") : std::string());
  const Text day = due ? long_day(*due) : Text{};
  const auto place = static_cast<std::size_t>(moment.index);
  if (moment.kind == "reminder") {
    const Json& reminder = spec.at("reminders").at(place);
    notice.to = reminded(task, moment);
    notice.why = why_reminded(reminder, moment.round, day);
  } else if (moment.kind == "escalation") {
    const Json& step = spec.at("escalation").at(place);
    TaskEscalated planned;
    planned.action = step.value("action", "notify");
    prepare_escalation(task, step, planned);
    notice.action = planned.action;
    notice.to = reached(planned.to, task);
    notice.why = why_escalated(step, day);
  } else {
    notice.to = reached(addressees(Json::array({"assignee"}), task), task);
    notice.why = moment.kind == "expire"
                     ? Text{"Hết thời hạn chót: việc được thu hồi.",
                            "The last limit: the task is withdrawn."}
                     : Text{"Qua hạn " + day.vi + ": đánh dấu quá hạn.",
                            "Past the due date, " + day.en + ": marked overdue."};
  }
  return notice;
}

std::vector<UpcomingNotice> Decider::upcoming(const TaskId& id, std::size_t most) const {
  std::vector<UpcomingNotice> notices;
  const auto found = state_.tasks.find(id);
  // No clock runs while the instance stands still; its moments are planned anew when it goes on.
  if (found == state_.tasks.end() || state_.suspended) return notices;
  const Task& task = found->second;
  std::set<Moment> coming(task.moments.begin(), task.moments.end());
  while (!coming.empty() && notices.size() < most) {
    const Moment moment = *coming.begin();
    coming.erase(coming.begin());
    notices.push_back(notice_of(task, moment));
    if (moment.kind == "expire" || notices.back().action == "raise" ||
        notices.back().action == "complete") {
      break;  // Nothing comes after the end.
    }
    if (moment.kind != "reminder") continue;
    if (std::optional<Moment> next = next_round(task, moment, std::max(moment.at, now_.at))) {
      coming.insert(std::move(*next));
    }
  }
  return notices;
}

std::vector<UpcomingNotice> upcoming_notices(const State& state, const World& world,
                                             const TaskId& task, Instant now, std::size_t most) {
  return Decider(state, world, Now{now}).upcoming(task, most);
}

}  // namespace kyhan
