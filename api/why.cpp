#include "api/why.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "api/access.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/codec.hpp"
#include "workflow/core/decide.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/core/vote_count.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

/// Event types named in a sentence.
constexpr std::size_t types_told_max = 3;

const Json& member(const Json& object, const char* name) {
  static const Json null;
  if (!object.is_object()) return null;
  const auto found = object.find(name);
  return found == object.end() ? null : *found;
}

/// "dd/mm/yyyy" and "HH:MM dd/mm/yyyy" in the office's zone.
std::string day_in_words(const std::string& iso_date) {
  if (iso_date.size() != 10) return iso_date;
  return iso_date.substr(8, 2) + "/" + iso_date.substr(5, 2) + "/" + iso_date.substr(0, 4);
}
std::string moment_in_words(const Services& services, Instant at) {
  const std::string text = to_rfc3339(at, local_zone(services));
  return text.substr(11, 5) + " " + day_in_words(text.substr(0, 10));
}

class Teller {
 public:
  Teller(const Call& call, const State& state, const Definition* definition)
      : call_(call), state_(state), definition_(definition) {}

  std::vector<Reason> tell() {
    if (state_.ended_at) {
      ended();
    } else if (state_.suspended) {
      suspended();
    } else {
      for (const auto& [id, node] : state_.nodes) look_at(node);
      for (const auto& [id, task] : state_.tasks) {
        if (task.kind != "ballot") open_task(task);
      }
      std::ranges::stable_sort(reasons_, {}, [](const Reason& reason) {
        return std::pair{reason.due_at.value_or(Instant::max()), reason.kind != "task"};
      });
      if (reasons_.empty()) {
        add("runs", {"Đang chạy, không chờ ai", "It is running and waits for nobody"}, {});
      }
    }
    return std::move(reasons_);
  }

 private:
  Reason& add(std::string kind, Text sentence, std::optional<Instant> since) {
    reasons_.push_back({std::move(kind), std::move(sentence), since, std::nullopt, TaskId{}});
    return reasons_.back();
  }

  std::string at(Instant instant) const { return moment_in_words(call_.services, instant); }

  const Step* step_of(StepIndex index) const {
    const bool known = definition_ != nullptr && index >= 0 &&
                       static_cast<std::size_t>(index) < definition_->steps.size();
    return known ? &definition_->steps[static_cast<std::size_t>(index)] : nullptr;
  }

  Text title_of(const Node& node) const {
    for (const char* name : {"title", "question"}) {
      if (const Json& given = member(node.spec, name); !given.is_null()) return text_from(given);
    }
    const Step* step = step_of(node.step);
    if (step == nullptr) return {"?", "?"};
    const Json& given = member(step->metadata, "title");
    return given.is_null() ? Text{step->name, step->name} : text_from(given);
  }

  void ended() {
    const Instant end = *state_.ended_at;
    switch (state_.status) {
      case InstanceStatus::completed:
        add("completed", {"Đã hoàn thành lúc " + at(end), "It was completed at " + at(end)}, end);
        return;
      case InstanceStatus::cancelled:
        add("cancelled", {"Đã bị hủy lúc " + at(end), "It was cancelled at " + at(end)}, end);
        return;
      default:
        break;
    }
    const WorkflowError error = state_.error.value_or(WorkflowError{});
    std::string what =
        error.title.empty() ? error.type.substr(error.type.rfind('/') + 1) : error.title;
    if (!error.detail.empty()) what += ": " + error.detail;
    const std::string where = error.instance.substr(error.instance.rfind('/') + 1);
    add("faulted",
        {"Dừng vì lỗi lúc " + at(end) + (where.empty() ? "" : " ở bước “" + where + "”") + " (" +
             what + "); quản trị viên cần chạy lại bước này hoặc hủy",
         "It stopped with an error at " + at(end) +
             (where.empty() ? "" : " at the step “" + where + "”") + " (" + what +
             "); an administrator must run the step again or cancel"},
        end);
  }

  void suspended() {
    const Suspension& stop = *state_.suspended;
    const std::string who = person_name(*call_.directory, stop.by);
    add("suspended",
        {"Đang tạm dừng từ " + at(stop.since) + (stop.by.empty() ? "" : " do " + who) +
             (stop.reason.empty() ? "" : ": " + stop.reason),
         "It has been suspended since " + at(stop.since) + (stop.by.empty() ? "" : " by " + who) +
             (stop.reason.empty() ? "" : ": " + stop.reason)},
        stop.since);
  }

  void open_task(const Task& task) {
    const auto node = state_.nodes.find(task.node);
    Text title{task.name, task.name};
    if (node != state_.nodes.end()) {
      title = task.kind == "task"
                  ? title_of(node->second)
                  : text_from(member(vote_task_spec(node->second.spec, task.kind), "title"));
    }
    const Instant since = task.claimed_at.value_or(task.opened_at);
    Text text;
    if (!task.holder.empty()) {
      const std::string name = person_name(*call_.directory, task.holder);
      text = {name + " giữ việc “" + title.vi + "” từ " + at(since),
              name + " has held “" + title.en + "” since " + at(since)};
    } else {
      std::vector<std::string> keys;
      for (const Candidate& candidate : task.candidates) keys.push_back(to_key(candidate));
      const Text who = candidates_text(*call_.directory, keys);
      text = {"Việc “" + title.vi + "” chờ " + who.vi + " nhận từ " + at(task.opened_at),
              "“" + title.en + "” has waited for " + who.en + " since " + at(task.opened_at)};
    }
    if (task.due_at) {
      const std::string day = day_in_words(due_day(call_.services, *task.due_at));
      const bool late = *task.due_at <= call_.services.engine.clock().now();
      text.vi += ", hạn " + day + (late ? " (đã quá hạn)" : "");
      text.en += ", due " + day + (late ? " (overdue)" : "");
    }
    Reason& reason = add("task", std::move(text), since);
    reason.due_at = task.due_at;
    reason.task = task.id;
  }

  /// What a step that stands waits for, apart from the tasks it has opened.
  void look_at(const Node& node) {
    const Text title = title_of(node);
    const Step* step = step_of(node.step);
    const std::string kind = step == nullptr ? "" : step->kind;
    if (node.ready) {
      add("runs",
          {"Đang chạy, còn bước phải làm ngay", "It is running: steps are left to do at once"}, {});
    } else if (kind == "listen") {
      listen(node, title);
    } else if (kind == "try" && node.wake_at) {
      add("retry",
          {fmt::format("Bước “{}” gặp lỗi, thử lại lúc {} (lần {})", title.vi, at(*node.wake_at),
                       node.attempt),
           fmt::format("The step “{}” failed and is tried again at {} (attempt {})", title.en,
                       at(*node.wake_at), node.attempt)},
          node.started_at)
          .due_at = node.wake_at;
    } else if (kind == "wait" && node.wake_at) {
      add("wait",
          {"Chờ đến " + at(*node.wake_at) + " (bước “" + title.vi + "”)",
           "It waits until " + at(*node.wake_at) + " (step “" + title.en + "”)"},
          node.started_at)
          .due_at = node.wake_at;
    } else if (!node.call_key.empty()) {
      add("call",
          {"Chờ hệ thống khác trả lời (bước “" + title.vi + "”), từ " + at(node.started_at),
           "It waits for another system to answer (step “" + title.en + "”), since " +
               at(node.started_at)},
          node.started_at);
    } else if (!node.children.empty()) {
      add("run",
          {"Chờ quy trình con của bước “" + title.vi + "” kết thúc, từ " + at(node.started_at),
           "It waits for the sub-workflow of the step “" + title.en + "” to end, since " +
               at(node.started_at)},
          node.started_at);
    } else if (is_fan(node)) {
      fan_out(node, title);
    } else if (member(node.results, "phase").is_string()) {
      vote(node, title);
    } else if (is_leaf(node) && !has_task(node)) {
      add("step",
          {"Chờ bước “" + title.vi + "” kết thúc, từ " + at(node.started_at),
           "It waits for the step “" + title.en + "” to end, since " + at(node.started_at)},
          node.started_at);
    }
  }

  bool is_leaf(const Node& node) const {
    return node.step != no_step && std::ranges::none_of(state_.nodes, [&](const auto& entry) {
             return entry.second.parent == node.id;
           });
  }
  bool has_task(const Node& node) const {
    return std::ranges::any_of(state_.tasks,
                               [&](const auto& entry) { return entry.second.node == node.id; });
  }

  void listen(const Node& node, const Text& title) {
    std::string types;
    std::size_t told = 0;
    if (const Json& wanted = member(node.spec, "listenTypes"); wanted.is_array()) {
      for (const Json& type : wanted) {
        if (!type.is_string() || type == "" || told == types_told_max) continue;
        types += (types.empty() ? "" : ", ") + type.get<std::string>();
        ++told;
      }
    }
    add("listen",
        {"Chờ sự kiện " + (types.empty() ? "" : types + " ") + "(bước “" + title.vi + "”) từ " +
             at(node.started_at),
         "It waits for an event " + (types.empty() ? "" : types + " ") + "(step “" + title.en +
             "”) since " + at(node.started_at)},
        node.started_at);
  }

  void fan_out(const Node& node, const Text& title) {
    const Json& fan = node.results.at("fan");
    const int total = fan.value("total", 0), needed = fan.value("needed", 0);
    const int completed = fan.value("completed", 0);
    const int failed = fan.value("faulted", 0) + fan.value("cancelled", 0);
    Text text{
        fmt::format("Bước “{}” chờ các quy trình con: {}/{} đã xong", title.vi, completed, total),
        fmt::format("The step “{}” waits for its sub-workflows: {} of {} have completed", title.en,
                    completed, total)};
    if (needed < total) {
      text.vi += fmt::format(", cần {}", needed);
      text.en += fmt::format(", {} are needed", needed);
    }
    if (failed > 0) {
      text.vi += fmt::format(", {} lỗi hoặc bị hủy", failed);
      text.en += fmt::format(", {} failed or were cancelled", failed);
    }
    text.vi += ", từ " + at(node.started_at);
    text.en += ", since " + at(node.started_at);
    add("fanOut", std::move(text), node.started_at);
  }

  void vote(const Node& node, const Text& title) {
    const std::string phase = member(node.results, "phase").get<std::string>();
    if (phase == "tally") return;  // A task says it: whoever records or countersigns.
    if (phase == "pending" && node.wake_at) {
      add("vote",
          {"Chờ đến " + at(*node.wake_at) + " mở biểu quyết “" + title.vi + "”",
           "It waits until " + at(*node.wake_at) + " for the vote “" + title.en + "” to open"},
          node.started_at)
          .due_at = node.wake_at;
      return;
    }
    const auto left = std::ranges::count_if(state_.tasks, [&](const auto& entry) {
      return entry.second.node == node.id && entry.second.kind == "ballot";
    });
    const Json& eligible = member(node.results, "eligible");
    const std::size_t all = eligible.is_array() ? eligible.size() : 0;
    Text text{fmt::format("Biểu quyết “{}” còn {}/{} người chưa bỏ phiếu", title.vi, left, all),
              fmt::format("In the vote “{}” {} of {} have not voted yet", title.en, left, all)};
    if (node.wake_at) {
      text.vi += ", đóng lúc " + at(*node.wake_at);
      text.en += "; it closes at " + at(*node.wake_at);
    }
    add("ballot", std::move(text), node.started_at).due_at = node.wake_at;
  }

  const Call& call_;
  const State& state_;
  const Definition* definition_;
  std::vector<Reason> reasons_;
};

}  // namespace

std::vector<Reason> reasons_of(const Call& call, const State& state, const Definition* definition) {
  return Teller(call, state, definition).tell();
}

Text in_one_sentence(const std::vector<Reason>& reasons) {
  Text text = reasons.front().sentence;
  if (const std::size_t more = reasons.size() - 1; more > 0) {
    text.vi += fmt::format("; ngoài ra còn chờ {} việc khác", more);
    text.en += fmt::format("; and it waits for {} more", more);
  }
  return {text.vi + ".", text.en + "."};
}

HandlerResult show_why(Call& call) {
  const ReadLease reads = call.services.store.reads();
  const InstanceId id{call.parameters.front()};
  const Result<InstanceRow> instance = visible_instance(call, *reads, id);
  if (!instance) co_return instance.error();
  const Result<std::optional<std::string>> stored = reads->find_state(id);
  if (!stored) co_return stored.error();
  if (!*stored) co_return not_found();
  const State state = decode_state(Json::parse(**stored));
  const auto definition =
      find_definition(call, instance->definition.name, instance->definition.version);
  const std::vector<Reason> reasons = reasons_of(call, state, definition.get());
  Json list = Json::array();
  for (const Reason& reason : reasons) {
    Json one = {{"kind", reason.kind}, {"text", to_json(in_one_sentence({reason}))}};
    if (reason.since) one["since"] = to_rfc3339(*reason.since);
    if (reason.due_at) one["dueAt"] = to_rfc3339(*reason.due_at);
    if (!reason.task.empty()) one["task"] = reason.task.text();
    list.push_back(std::move(one));
  }
  co_return json_reply(200, {{"id", id.text()},
                             {"state", std::string{to_text(state.status)}},
                             {"why", to_json(in_one_sentence(reasons))},
                             {"reasons", std::move(list)}});
}

}  // namespace kyhan
