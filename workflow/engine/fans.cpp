// The children of each fanOut, a few in a batch: so that a list of thousands holds up nobody. One
// turn starts some for whom there is room, which run their first steps at once, and tells the
// parent what has ended since; or, when the step has ended, it cancels some of those that are still
// open.

#include <spdlog/spdlog.h>

#include "workflow/core/codec.hpp"
#include "workflow/core/json_text.hpp"
#include "workflow/engine/batch.hpp"
#include "workflow/engine/engine_loop.hpp"

namespace kyhan {
namespace {

/// Steps a child runs in the transaction that starts it; beyond, it goes on in slices of its own.
constexpr int first_steps_max = 8;
/// Ends after which the parent is told even while more children are being started.
constexpr std::int64_t count_every = 256;
/// Children of a closing fanOut that are cancelled in one turn, rows of it that are removed.
constexpr int cancelled_per_turn_max = 16;
constexpr int cleared_per_turn_max = 500;

std::string result_of(const EndChild& ended) {
  if (ended.status == InstanceStatus::completed) return json_text(ended.output);
  return ended.error ? json_text(encode(*ended.error)) : std::string{};
}

EndChild end_of(const FanChildRow& child, const InstanceId& id, NodeId node) {
  EndChild end{node, id, InstanceStatus::cancelled, {}, {}, child.number};
  if (child.status == "faulted") {
    end.status = InstanceStatus::faulted;
    end.error = decode_workflow_error(Json::parse(child.result_json));
  }
  return end;
}

}  // namespace

std::map<std::int64_t, Json> StagedChildEnds::of(NodeId node) const {
  const Result<std::vector<FanChildRow>> ends = work_.find_fan_ends(parent_.key, node);
  std::map<std::int64_t, Json> results;
  if (!ends) return results;  // keep_command() tells of a database that fails.
  for (const FanChildRow& end : *ends) {
    Json one = {{"status", end.status}};
    if (!end.result_json.empty()) {
      one[end.status == "completed" ? "output" : "error"] = Json::parse(end.result_json);
    }
    results.emplace_hint(results.end(), end.number, std::move(one));
  }
  return results;
}

void Batch::stage_fan(const OpenFan& opened, const InstanceHead& head) {
  FanRow row;
  row.parent = head.key;
  row.node = opened.node;
  row.plan_json = json_text(encode(opened.fan));
  row.total = opened.fan.total;
  std::vector<std::string> items;
  Json some = Json::array();
  for (const Json& item : opened.items) {
    some.push_back(item);
    if (static_cast<std::int64_t>(some.size()) < fan_items_per_row) continue;
    items.push_back(json_text(some));
    some = Json::array();
  }
  if (!some.empty()) items.push_back(json_text(some));
  work_.stage_fan(row, items, now_);
  fans_changed_ = true;
  pending_.heard = true;
}

/// The end of a child is kept; its parent is told in a turn of its own.
Result<std::size_t> Batch::end_fan_child(const TellParent& ended) {
  Result<std::optional<LoadedInstance>> parent = load(ended.parent);
  if (!parent) return parent.error();
  if (!*parent) return std::size_t{1};
  const EndChild& end = ended.command;
  work_.stage_fan_child_end((*parent)->head.key, end.node,
                            {*end.item, std::string{to_text(end.status)}, result_of(end)}, now_);
  fans_changed_ = true;
  return std::size_t{1};
}

Result<void> Batch::take_fan_turn(const DueFan& due, std::int64_t starts_max) {
  Result<std::optional<FanRow>> fan = work_.find_fan(due.parent_key, due.node);
  if (!fan) return fan.error();
  if (!*fan) return {};
  fans_changed_ = true;
  if ((*fan)->closing) return close_fan(due);
  Result<std::optional<LoadedInstance>> parent = load(due.parent);
  if (!parent) return parent.error();
  if (!*parent || (*parent)->state->suspended) {
    work_.stage_fan_turn(**fan, std::nullopt);  // Its resumption wakes it.
    return {};
  }
  const Fan plan = decode_fan(Json::parse((*fan)->plan_json));
  Result<bool> started = start_fan_children(due, **fan, plan, starts_max);
  if (!started) return started.error();
  fan = work_.find_fan(due.parent_key, due.node);
  if (!fan) return fan.error();
  if (!*fan || (*fan)->closing) return {};

  FanRow row = **fan;
  const std::int64_t fresh = row.ended() - row.counted;
  const bool decides =
      row.ended() == row.total || row.completed >= plan.needed || (plan.fails && row.failed() > 0);
  if (fresh > 0 && (decides || !*started || fresh >= count_every)) {
    if (Result<void> told = tell_fan_parent(due, row, plan); !told) return told;
    fan = work_.find_fan(due.parent_key, due.node);
    if (!fan) return fan.error();
    if (!*fan || (*fan)->closing) return {};
    row = **fan;
  }
  const bool more = row.ended() > row.counted || (row.next < row.total && row.open() < plan.most);
  work_.stage_fan_turn(row, more ? std::optional{now_} : std::nullopt);
  return {};
}

/// Whether any was started.
Result<bool> Batch::start_fan_children(const DueFan& due, const FanRow& fan, const Fan& plan,
                                       std::int64_t most) {
  // As many as there are, as there is room for, and as stand in the same row.
  const std::int64_t same_row = fan_items_per_row - fan.next % fan_items_per_row;
  most = std::min({most, plan.most - fan.open(), plan.total - fan.next, same_row});
  if (most <= 0) return false;
  Result<std::string> text = work_.find_fan_items(due.parent_key, due.node, fan.next);
  if (!text) return text.error();
  const Json items = Json::parse(*text);
  Result<Program> program = snapshot_.catalog->load(plan.definition.name, plan.definition.version);
  for (std::int64_t number = fan.next; number < fan.next + most; ++number) {
    const Json& item = items.at(static_cast<std::size_t>(number % fan_items_per_row));
    work_.stage_fan_child(due.parent_key, due.node, number);
    if (!program) {
      const WorkflowError error =
          standard_error("configuration", 400, "the workflow of fanOut cannot be run");
      work_.stage_fan_child_end(due.parent_key, due.node,
                                {number, "faulted", json_text(encode(error))}, now_);
      continue;
    }
    LoadedInstance fresh;
    fresh.state = std::make_shared<const State>();
    Result<Applied> started =
        decide_and_stage(fresh, *program, fan_child(due.parent, due.node, plan, number, item),
                         PersonId{}, first_steps_max);
    if (!started) return started.error();
    if (Result<void> followed = follow_up(); !followed) return followed.error();
  }
  return true;
}

Result<void> Batch::tell_fan_parent(const DueFan& due, FanRow row, const Fan& plan) {
  CountChildren counted{due.node, row.completed, row.faulted, row.cancelled, {}};
  if (plan.fails && row.failed() > 0) {
    Result<std::optional<FanChildRow>> failed =
        work_.find_failed_fan_child(due.parent_key, due.node);
    if (!failed) return failed.error();
    if (*failed) {
      counted.error = error_of(
          end_of(**failed, fan_child_id(due.parent, due.node, (*failed)->number), due.node));
    }
  }
  row.counted = row.ended();
  work_.stage_fan_turn(row, now_);
  Result<Applied> told = apply(due.parent, counted, PersonId{});
  if (!told) return told.error();
  return {};
}

/// Cancels some of what is open, then forgets the rest.
Result<void> Batch::close_fan(const DueFan& due) {
  Result<std::vector<std::int64_t>> open =
      work_.find_open_fan_children(due.parent_key, due.node, cancelled_per_turn_max);
  if (!open) return open.error();
  for (const std::int64_t number : *open) {
    work_.clear_fan_child(due.parent_key, due.node, number);
    Result<std::size_t> cancelled = command_other(fan_child_id(due.parent, due.node, number),
                                                  CancelInstance{PersonId{}, "parent"});
    if (!cancelled) return cancelled.error();
    if (Result<void> followed = follow_up(); !followed) return followed.error();
  }
  if (!open->empty()) return {};
  Result<bool> gone = work_.clear_fan(due.parent_key, due.node, cleared_per_turn_max);
  if (!gone) return gone.error();
  return {};
}

/// Each fanOut that has something to do gets a turn; they share what one batch may start.
void EngineLoop::add_fan_turns(std::vector<Job>& jobs) {
  const auto due =
      reads_->due_fans(static_cast<int>(config_.limits.fans_per_batch_max + fans_put_off_.size()));
  if (!due) return;
  std::vector<DueFan> turns;
  for (const DueFan& one : *due) {
    if (turns.size() == config_.limits.fans_per_batch_max) break;
    if (!fans_put_off_.contains({one.parent_key, one.node})) turns.push_back(one);
  }
  fans_open_ = !turns.empty();
  for (const DueFan& one : turns) {
    const auto share = config_.limits.fan_starts_per_batch_max / turns.size();
    jobs.push_back(fan_job(one, std::max<std::int64_t>(1, static_cast<std::int64_t>(share))));
  }
}

Job EngineLoop::fan_job(const DueFan& due, std::int64_t starts_max) {
  return {[due, starts_max](Batch& batch) -> Result<After> {
            if (Result<void> done = batch.take_fan_turn(due, starts_max); !done) {
              return done.error();
            }
            return After{[] {}};
          },
          [this, due](const Error& why) {
            // Its row says that work is left: the next start of the server tries again.
            spdlog::error("engine: the sub-workflows of {} do not go on: {}", due.parent.text(),
                          why.detail.en);
            fans_put_off_.insert({due.parent_key, due.node});
          }};
}

}  // namespace kyhan
