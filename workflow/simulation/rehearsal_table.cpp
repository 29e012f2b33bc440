#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "workflow/core/due_form.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/simulation/rehearsal_text.hpp"

namespace kyhan {
namespace {

constexpr std::size_t rows_max = 15;  ///< Of each part that could be long.

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

/// Columns under one another; numbers to the right.
class Table {
 public:
  explicit Table(std::vector<std::string> head) { rows_.push_back(std::move(head)); }
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  [[nodiscard]] bool empty() const { return rows_.size() == 1; }

  [[nodiscard]] std::string text() const {
    std::vector<std::size_t> widths(rows_.front().size());
    for (const auto& row : rows_) {
      for (std::size_t i = 0; i < row.size(); ++i)
        widths[i] = std::max(widths[i], width_of(row[i]));
    }
    std::string out;
    for (const auto& row : rows_) {
      std::string line = " ";
      for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string gap(widths[i] - width_of(row[i]), ' ');
        const bool number =
            !row[i].empty() && row[i].find_first_not_of("0123456789") == std::string::npos;
        line += " " + (number ? gap + row[i] : row[i] + gap) + " ";
      }
      line.erase(line.find_last_not_of(' ') + 1);
      out += line + "\n";
    }
    return out;
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

class Page {
 public:
  Page(const RehearsalPlan& plan, const Rehearsal& played, bool vietnamese)
      : plan_(plan), played_(played), vietnamese_(vietnamese) {}

  std::string write() {
    heading();
    definitions();
    months();
    load();
    days_off();
    hindrances({"Bước không ai nhận được", "Steps that nobody could take"}, played_.nobody);
    hindrances({"Câu trả lời giả định bị từ chối", "Assumed answers that were refused"},
               played_.refused);
    return std::move(out_);
  }

 private:
  [[nodiscard]] const std::string& say(const Text& text) const {
    return vietnamese_ ? text.vi : text.en;
  }
  [[nodiscard]] const Definition& definition_of(std::size_t number) const {
    return *plan_.programs[played_.cases[number].program].definition;
  }
  void title(const Text& words, std::size_t count) {
    out_ += "\n" + say(words) + ": " + std::to_string(count) + "\n";
  }
  void more(std::size_t count) {
    if (count <= rows_max) return;
    out_ += say({"  ... và ", "  ... and "}) + std::to_string(count - rows_max) +
            say({" nữa (xem --json)\n", " more (see --json)\n"});
  }

  void heading() {
    out_ += say({"Diễn tập từ ", "Rehearsal from "}) + to_iso_date(plan_.from) +
            say({" đến ", " to "}) + to_iso_date(plan_.to) + ", " +
            say({"giả định ", "assuming "}) + assumed_text(plan_) + "\n";
  }

  void definitions() {
    struct Row {
      std::size_t starts = 0, completed = 0, faulted = 0, tasks = 0, overdue = 0, reminders = 0,
                  escalations = 0;
    };
    std::map<std::size_t, Row> rows;
    for (std::size_t i = 0; i < plan_.programs.size(); ++i) rows[i] = {};
    for (const RehearsedCase& one : played_.cases) {
      Row& row = rows[one.program];
      ++row.starts;
      row.completed += one.status == InstanceStatus::completed;
      row.faulted += one.status == InstanceStatus::faulted;
    }
    const auto row_of = [&](std::size_t task) -> Row& {
      return rows[played_.cases[played_.tasks[task].of].program];
    };
    for (std::size_t i = 0; i < played_.tasks.size(); ++i) {
      ++row_of(i).tasks;
      row_of(i).overdue += played_.tasks[i].overdue;
    }
    for (const RehearsedReminder& one : played_.reminders) ++row_of(one.task).reminders;
    for (const RehearsedEscalation& one : played_.escalations) ++row_of(one.task).escalations;
    Table table({say({"Quy trình", "Workflow"}), say({"Khởi tạo", "Starts"}),
                 say({"Xong", "Completed"}), say({"Lỗi", "Faulted"}), say({"Việc", "Tasks"}),
                 say({"Quá hạn", "Overdue"}), say({"Nhắc", "Reminders"}),
                 say({"Lên cấp trên", "Escalations"})});
    for (const auto& [program, row] : rows) {
      table.row({plan_.programs[program].definition->ref.name, std::to_string(row.starts),
                 std::to_string(row.completed), std::to_string(row.faulted),
                 std::to_string(row.tasks), std::to_string(row.overdue),
                 std::to_string(row.reminders), std::to_string(row.escalations)});
    }
    out_ += "\n" + table.text();
  }

  void months() {
    struct Row {
      std::size_t starts = 0, opened = 0, due = 0, reminders = 0;
    };
    std::map<std::string, Row> rows;
    const auto month = [&](Instant at, std::size_t number) {
      return to_rfc3339(at, definition_of(number).time_zone).substr(0, 7);
    };
    for (std::size_t i = 0; i < played_.cases.size(); ++i) {
      ++rows[month(played_.cases[i].started_at, i)].starts;
    }
    for (const RehearsedTask& task : played_.tasks) {
      ++rows[month(task.opened_at, task.of)].opened;
      if (!task.due_date.empty()) ++rows[task.due_date.substr(0, 7)].due;
    }
    for (const RehearsedReminder& one : played_.reminders) {
      ++rows[month(one.at, played_.tasks[one.task].of)].reminders;
    }
    Table table({say({"Tháng", "Month"}), say({"Khởi tạo", "Starts"}),
                 say({"Việc mới", "New tasks"}), say({"Đến hạn", "Due"}),
                 say({"Nhắc", "Reminders"})});
    for (const auto& [name, row] : rows) {
      table.row({name, std::to_string(row.starts), std::to_string(row.opened),
                 std::to_string(row.due), std::to_string(row.reminders)});
    }
    out_ += "\n" + table.text();
  }

  void load() {
    std::vector<std::size_t> order(played_.load.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater<>{},
                             [&](std::size_t i) { return played_.load[i].answered; });
    std::set<PersonId> people;
    for (const PersonWeek& one : played_.load) people.insert(one.person);
    title({"Người có việc", "People with work"}, people.size());
    Table table({say({"Tuần nặng nhất", "Heaviest weeks"}), say({"Người", "Person"}),
                 say({"Việc", "Tasks"}), say({"Đến hạn", "Due"}), say({"Nhắc", "Reminders"})});
    for (std::size_t i = 0; i < std::min(order.size(), rows_max); ++i) {
      const PersonWeek& one = played_.load[order[i]];
      const Person* person = plan_.directory->find_person(one.person);
      table.row({one.week, person == nullptr ? one.person.text() : person->name,
                 std::to_string(one.answered), std::to_string(one.due),
                 std::to_string(one.reminders)});
    }
    if (!table.empty()) out_ += table.text();
  }

  [[nodiscard]] Text kind_of(const Collision& one) const {
    if (one.kind == "start") return {"khởi tạo", "start"};
    if (one.kind == "deadline") return {"hạn vào ngày nghỉ", "due on a day off"};
    if (one.kind == "deadline-moved") return {"hạn dời khỏi ngày nghỉ", "due date moved off it"};
    if (one.kind == "reminder") return {"nhắc vào ngày nghỉ", "reminder on a day off"};
    return {"bước chờ kết thúc vào ngày nghỉ", "a wait ends on a day off"};
  }

  void days_off() {
    struct Row {
      std::size_t count = 0;
      Text reason;
      std::chrono::sys_days instead;
    };
    std::map<std::tuple<std::chrono::sys_days, std::string, std::string>, Row> rows;
    for (const Collision& one : played_.collisions) {
      Row& row = rows[{one.day, say(kind_of(one)), definition_of(one.of).ref.name}];
      ++row.count;
      row.reason = one.reason;
      row.instead = one.instead;
    }
    for (const Collision& one : played_.skipped) {
      Row& row = rows[{one.day, say({"bỏ qua lần khởi tạo", "start left out"}),
                       plan_.programs[one.of].definition->ref.name}];
      ++row.count;
      row.reason = one.reason;
      row.instead = one.day;
    }
    title({"Trùng ngày nghỉ, lễ", "Meetings with days off"},
          played_.collisions.size() + played_.skipped.size());
    Table table({say({"Ngày", "Day"}), say({"Vì sao nghỉ", "Why off"}), say({"Chuyện gì", "What"}),
                 say({"Quy trình", "Workflow"}), say({"Số lần", "Count"}),
                 say({"Dời tới", "Moved to"})});
    std::size_t shown = 0;
    for (const auto& [key, row] : rows) {
      if (shown++ == rows_max) break;
      const auto& [day, kind, definition] = key;
      table.row({to_iso_date(Date{day}), say(row.reason), kind, definition,
                 std::to_string(row.count),
                 row.instead == day ? std::string("-") : to_iso_date(Date{row.instead})});
    }
    if (!table.empty()) out_ += table.text();
    more(rows.size());
  }

  void hindrances(const Text& words, const std::vector<Hindrance>& all) {
    title(words, all.size());
    std::map<std::tuple<std::string, std::string, std::string>, std::size_t> rows;
    for (const Hindrance& one : all) {
      const Definition& definition = definition_of(one.of);
      const std::string step =
          one.task
              ? definition.steps.at(static_cast<std::size_t>(played_.tasks[*one.task].step)).name
              : one.step.substr(one.step.rfind('/') + 1);
      ++rows[{definition.ref.name, step, one.detail}];
    }
    std::size_t shown = 0;
    for (const auto& [key, count] : rows) {
      if (shown++ == rows_max) break;
      const auto& [definition, step, detail] = key;
      out_ +=
          "  " + definition + " · " + step + " (" + std::to_string(count) + "): " + detail + "\n";
    }
    more(rows.size());
  }

  const RehearsalPlan& plan_;
  const Rehearsal& played_;
  bool vietnamese_;
  std::string out_;
};

}  // namespace

std::string rehearsal_table(const RehearsalPlan& plan, const Rehearsal& played, bool vietnamese) {
  return Page(plan, played, vietnamese).write();
}

std::string assumed_text(const RehearsalPlan& plan) {
  switch (plan.assumed) {
    case Assumed::on_time:
      return "on-time";
    case Assumed::at_due:
      return "at-due";
    case Assumed::late:
      break;
  }
  return "late:" + to_iso_duration(plan.late_by);
}

Result<void> read_assumed(const std::string& text, RehearsalPlan& plan) {
  const std::string late = "late:";
  if (text == "on-time") {
    plan.assumed = Assumed::on_time;
    return {};
  }
  if (text.empty() || text == "at-due") {
    plan.assumed = Assumed::at_due;
    return {};
  }
  if (text.starts_with(late)) {
    if (const Result<Duration> by = parse_iso_duration(text.substr(late.size()))) {
      plan.assumed = Assumed::late;
      plan.late_by = *by;
      return {};
    }
  }
  return Error{ErrorCode::invalid,
               "assumption-invalid",
               {"Giả định là on-time, at-due hoặc late:P5D.",
                "The assumption is on-time, at-due or late:P5D."}};
}

}  // namespace kyhan
