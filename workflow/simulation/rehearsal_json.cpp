// The JSON of a rehearsal is written straight: a year of a province has a hundred thousand tasks.

#include <algorithm>
#include <numeric>

#include "workflow/core/codec.hpp"
#include "workflow/core/json_text.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/simulation/rehearsal_text.hpp"

namespace kyhan {
namespace {

/// Members of one object, commas and all.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) { out_ += '{'; }
  ~Writer() { out_ += '}'; }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  Writer& text(const char* name, std::string_view value) {
    key(name);
    append_json(out_, value);
    return *this;
  }
  Writer& number(const char* name, std::int64_t value) {
    key(name);
    out_ += std::to_string(value);
    return *this;
  }
  Writer& flag(const char* name, bool value) {
    key(name);
    out_ += value ? "true" : "false";
    return *this;
  }
  Writer& both(const char* name, const Text& value) {
    key(name);
    Writer(out_).text("vi", value.vi).text("en", value.en);
    return *this;
  }
  Writer& people(const char* name, const std::vector<PersonId>& people) {
    key(name);
    out_ += '[';
    for (std::size_t i = 0; i < people.size(); ++i) {
      if (i > 0) out_ += ',';
      append_json(out_, std::string_view{people[i].text()});
    }
    out_ += ']';
    return *this;
  }

 private:
  void key(const char* name) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  std::string& out_;
  bool first_ = true;
};

template <class Items, class Time>
std::vector<std::size_t> by_time(const Items& items, const Time& time_of) {
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return time_of(items[i]); });
  return order;
}

class Document {
 public:
  Document(const RehearsalPlan& plan, const Rehearsal& played, RehearsalShown shown)
      : plan_(plan), played_(played), shown_(shown) {}

  std::string write() {
    out_.reserve(played_.tasks.size() * 500 + played_.reminders.size() * 150 + 4096);
    out_ += "{\"from\":\"" + to_iso_date(plan_.from) + "\",\"to\":\"" + to_iso_date(plan_.to) +
            "\",\"assume\":\"" + assumed_text(plan_) + "\",\"totals\":";
    totals();
    starts();
    tasks();
    deadlines();
    reminders();
    escalations();
    load();
    collisions("collisions", played_.collisions);
    collisions("skipped", played_.skipped);
    hindrances("nobody", played_.nobody);
    hindrances("refused", played_.refused);
    out_ += ",\"truncated\":" + truncated_.dump() + "}";
    return std::move(out_);
  }

 private:
  [[nodiscard]] const Definition& definition_of(std::size_t number) const {
    return *plan_.programs[played_.cases[number].program].definition;
  }
  [[nodiscard]] std::string local(Instant at, std::size_t number) const {
    return to_rfc3339(at, definition_of(number).time_zone);
  }
  [[nodiscard]] static std::string name_of(std::size_t number) {
    return "r" + std::to_string(number);
  }
  [[nodiscard]] const std::string& step_of(const RehearsedTask& task) const {
    return definition_of(task.of).steps.at(static_cast<std::size_t>(task.step)).pointer;
  }

  template <class Each>
  void list(const char* name, std::size_t count, const Each& each) {
    out_ += ",\"";
    out_ += name;
    out_ += "\":[";
    const std::size_t shown = std::min(count, shown_.entries_max);
    if (shown < count) truncated_.push_back(name);
    for (std::size_t i = 0; i < shown; ++i) {
      if (i > 0) out_ += ',';
      each(i);
    }
    out_ += ']';
  }

  void totals() {
    const auto tasks_in = [&](TaskState state) {
      return std::ranges::count(played_.tasks, state, &RehearsedTask::state);
    };
    const auto cases_in = [&](InstanceStatus status) {
      return std::ranges::count(played_.cases, status, &RehearsedCase::status);
    };
    Writer writer(out_);
    writer.number("starts", static_cast<std::int64_t>(played_.cases.size()))
        .number("completed", cases_in(InstanceStatus::completed))
        .number("faulted", cases_in(InstanceStatus::faulted))
        .number("open",
                std::ranges::count_if(played_.cases, [](const auto& one) { return !one.ended_at; }))
        .number("tasks", static_cast<std::int64_t>(played_.tasks.size()))
        .number("answered", tasks_in(TaskState::completed))
        .number("withdrawn", tasks_in(TaskState::withdrawn))
        .number("expired", tasks_in(TaskState::expired))
        .number("overdue", std::ranges::count(played_.tasks, true, &RehearsedTask::overdue))
        .number("deadlines",
                std::ranges::count_if(played_.tasks,
                                      [](const auto& one) { return one.due_at.has_value(); }))
        .number("reminders", static_cast<std::int64_t>(played_.reminders.size()))
        .number("escalations", static_cast<std::int64_t>(played_.escalations.size()))
        .number("collisions", static_cast<std::int64_t>(played_.collisions.size()))
        .number("skipped", static_cast<std::int64_t>(played_.skipped.size()))
        .number("nobody", static_cast<std::int64_t>(played_.nobody.size()))
        .number("refused", static_cast<std::int64_t>(played_.refused.size()));
  }

  void starts() {
    list("starts", played_.cases.size(), [&](std::size_t i) {
      const RehearsedCase& one = played_.cases[i];
      Writer writer(out_);
      writer.text("instance", name_of(i))
          .text("definition", definition_of(i).ref.name)
          .text("unit", one.unit.text())
          .text("at", local(one.started_at, i))
          .flag("scheduled", one.scheduled)
          .text("state", to_text(one.status));
      if (one.ended_at) writer.text("endedAt", local(*one.ended_at, i));
      if (one.error) {
        writer.text("error", one.error->type).text("errorDetail", one.error->detail);
      }
    });
  }

  void tasks() {
    list("tasks", played_.tasks.size(), [&](std::size_t i) {
      const RehearsedTask& task = played_.tasks[i];
      Writer writer(out_);
      writer.text("task", task.id.text())
          .text("instance", name_of(task.of))
          .text("definition", definition_of(task.of).ref.name)
          .text("unit", task.unit.text())
          .text("step", step_of(task))
          .text("kind", task.kind)
          .both("title", task.title)
          .text("openedAt", local(task.opened_at, task.of))
          .text("state", to_text(task.state));
      if (task.due_at) {
        writer.text("dueAt", local(*task.due_at, task.of)).text("dueDate", task.due_date);
        writer.flag("provisional", task.provisional);
      }
      writer.flag("overdue", task.overdue);
      if (!task.by.empty()) writer.text("by", task.by.text());
      if (!task.outcome.empty()) writer.text("outcome", task.outcome);
      if (task.ended_at) writer.text("endedAt", local(*task.ended_at, task.of));
    });
  }

  void deadlines() {
    std::vector<std::size_t> order = by_time(played_.tasks, [](const RehearsedTask& one) {
      return one.due_at.value_or(Instant::max());
    });
    while (!order.empty() && !played_.tasks[order.back()].due_at) order.pop_back();
    list("deadlines", order.size(), [&](std::size_t i) {
      const RehearsedTask& task = played_.tasks[order[i]];
      Writer writer(out_);
      writer.text("date", task.due_date)
          .text("at", local(*task.due_at, task.of))
          .text("task", task.id.text())
          .text("definition", definition_of(task.of).ref.name)
          .text("unit", task.unit.text())
          .flag("provisional", task.provisional)
          .flag("overdue", task.overdue);
    });
  }

  void reminders() {
    const auto order = by_time(played_.reminders, [](const auto& one) { return one.at; });
    list("reminders", order.size(), [&](std::size_t i) {
      const RehearsedReminder& one = played_.reminders[order[i]];
      const RehearsedTask& task = played_.tasks[one.task];
      Writer writer(out_);
      writer.text("at", local(one.at, task.of))
          .text("task", task.id.text())
          .text("unit", task.unit.text())
          .number("reminder", one.index)
          .number("round", one.round)
          .flag("overdue", one.overdue)
          .people("to", one.to);
    });
  }

  void escalations() {
    const auto order = by_time(played_.escalations, [](const auto& one) { return one.at; });
    list("escalations", order.size(), [&](std::size_t i) {
      const RehearsedEscalation& one = played_.escalations[order[i]];
      const RehearsedTask& task = played_.tasks[one.task];
      Writer writer(out_);
      writer.text("at", local(one.at, task.of))
          .text("task", task.id.text())
          .text("unit", task.unit.text())
          .number("level", one.level)
          .text("action", one.action)
          .people("to", one.to);
    });
  }

  void load() {
    list("load", played_.load.size(), [&](std::size_t i) {
      const PersonWeek& one = played_.load[i];
      Writer writer(out_);
      writer.text("person", one.person.text())
          .text("week", one.week)
          .number("answered", one.answered)
          .number("due", one.due)
          .number("reminders", one.reminders);
    });
  }

  void collisions(const char* name, const std::vector<Collision>& all) {
    const auto order =
        by_time(all, [](const Collision& one) { return std::chrono::sys_days{one.day}; });
    const bool of_programs = &all == &played_.skipped;
    list(name, order.size(), [&](std::size_t i) {
      const Collision& one = all[order[i]];
      Writer writer(out_);
      writer.text("kind", one.kind)
          .text("date", to_iso_date(one.day))
          .both("reason", one.reason)
          .text("instead", of_programs ? std::string() : to_iso_date(one.instead));
      if (of_programs) {
        writer.text("definition", plan_.programs[one.of].definition->ref.name);
        return;
      }
      writer.text("definition", definition_of(one.of).ref.name)
          .text("instance", name_of(one.of))
          .text("unit", played_.cases[one.of].unit.text());
      if (one.task) {
        writer.text("task", played_.tasks[*one.task].id.text())
            .text("step", step_of(played_.tasks[*one.task]));
      } else if (!one.step.empty()) {
        writer.text("step", one.step);
      }
    });
  }

  void hindrances(const char* name, const std::vector<Hindrance>& all) {
    list(name, all.size(), [&](std::size_t i) {
      const Hindrance& one = all[i];
      Writer writer(out_);
      writer.text("definition", definition_of(one.of).ref.name)
          .text("instance", name_of(one.of))
          .text("unit", played_.cases[one.of].unit.text())
          .text("step", one.task ? step_of(played_.tasks[*one.task]) : one.step);
      if (one.task) writer.text("task", played_.tasks[*one.task].id.text());
      writer.text("at", local(one.at, one.of)).text("detail", one.detail);
    });
  }

  const RehearsalPlan& plan_;
  const Rehearsal& played_;
  RehearsalShown shown_;
  std::string out_;
  Json truncated_ = Json::array();
};

}  // namespace

std::string rehearsal_json(const RehearsalPlan& plan, const Rehearsal& played,
                           RehearsalShown shown) {
  return Document(plan, played, shown).write();
}

}  // namespace kyhan
