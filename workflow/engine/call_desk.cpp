#include "workflow/engine/call_desk.hpp"

#include <spdlog/spdlog.h>

#include "workflow/engine/batch.hpp"

namespace kyhan {
namespace {

constexpr int table_page = 1'000;

/// What the order of a call looks at, kept as long as it is out.
struct Sight {
  std::shared_ptr<const State> state;
  Program program;
  Snapshot world;
  NodeId node;
};

/// A refusal that is the disk's, not the call's.
bool may_pass(const Error& why) {
  return why.type == "disk-full" || why.type == "storage" || why.type == "storage-busy";
}

}  // namespace

struct CallDesk::Arrivals {
  std::mutex mutex;
  std::deque<FinishCall> answers;
  std::mutex waking;           ///< Another one: the engine asks for answers under locks of its own.
  std::function<void()> wake;  ///< Empty once the desk is gone.

  void put(FinishCall answer) {
    {
      const std::lock_guard lock{mutex};
      answers.push_back(std::move(answer));
    }
    const std::lock_guard lock{waking};
    if (wake) wake();
  }
};

CallDesk::CallDesk(std::shared_ptr<Calls> calls, Limits limits, std::function<void()> wake)
    : calls_(std::move(calls)), limits_(limits), arrivals_(std::make_shared<Arrivals>()) {
  arrivals_->wake = std::move(wake);
}

CallDesk::~CallDesk() {
  const std::lock_guard lock{arrivals_->waking};
  arrivals_->wake = {};
}

void CallDesk::announced(const PendingCall& call) {
  if (!calls_) return;
  if (at_hand_.size() >= limits_.at_hand_max) {
    return read_table_again();  // Where it is found once there is room.
  }
  if (known_.insert(call.key).second) at_hand_.push_back(call);
}

void CallDesk::dropped(const std::string& key) {
  if (out_.erase(key) > 0) calls_->cancel(key);
  known_.erase(key);
}

bool CallDesk::work_is_due() const {
  if (!calls_) return false;
  if ((more_in_table_ || !at_hand_.empty()) && out_.size() < limits_.in_flight_max) return true;
  const std::lock_guard lock{arrivals_->mutex};
  return !arrivals_->answers.empty();
}

bool CallDesk::busy() const {
  if (!out_.empty()) return true;
  const std::lock_guard lock{arrivals_->mutex};
  return !arrivals_->answers.empty();
}

void CallDesk::add_jobs(Reads& reads, std::vector<Job>& jobs) {
  if (!calls_) return;
  std::deque<FinishCall> answers;
  {
    const std::lock_guard lock{arrivals_->mutex};
    while (!arrivals_->answers.empty() && answers.size() < limits_.per_batch_max) {
      answers.push_back(std::move(arrivals_->answers.front()));
      arrivals_->answers.pop_front();
    }
  }
  for (FinishCall& answer : answers) {
    const auto found = out_.find(answer.key);
    if (found == out_.end()) continue;  // Dropped meanwhile.
    jobs.push_back(answer_job(found->second.instance, std::move(answer)));
  }
  if (at_hand_.empty() && more_in_table_) fill_from_table(reads);
  for (std::size_t i = 0;
       i < limits_.per_batch_max && !at_hand_.empty() && out_.size() + i < limits_.in_flight_max;
       ++i) {
    jobs.push_back(begin_job(std::move(at_hand_.front())));
    at_hand_.pop_front();
  }
}

void CallDesk::fill_from_table(Reads& reads) {
  const auto page = reads.pending_calls(read_up_to_.first, read_up_to_.second, table_page);
  if (!page) return;
  more_in_table_ = page->size() == static_cast<std::size_t>(table_page);
  for (const PendingCall& call : *page) {
    read_up_to_ = {call.instance_key, call.node};
    if (known_.insert(call.key).second) at_hand_.push_back(call);
  }
}

void CallDesk::read_table_again() {
  more_in_table_ = true;
  read_up_to_ = {0, 0};
}

/// Reads only: whether the call is still wanted, and what it asks. It goes out after the batch.
Job CallDesk::begin_job(PendingCall call) {
  return {[this, call](Batch& batch) -> Result<After> {
            Result<std::optional<LoadedInstance>> loaded = batch.load(call.instance);
            if (!loaded) return loaded.error();
            if (!*loaded) return After{[this, call] { settled(call.key); }};
            Sight sight{(*loaded)->state, {}, batch.snapshot(), call.node};
            const auto node = sight.state->nodes.find(call.node);
            if (node == sight.state->nodes.end() || node->second.call_key != call.key) {
              return After{[this, call] { settled(call.key); }};
            }
            Result<Program> program = batch.snapshot().catalog->load(
                sight.state->definition.name, sight.state->definition.version);
            if (!program) return program.error();
            sight.program = *program;
            CallOrder order;
            order.node = call.node;
            order.key = call.key;
            order.request = [sight](const CallFindings& findings) {
              const World world{sight.program, *sight.world.directory, *sight.world.calendars,
                                sight.world.secrets.get()};
              return request_of(*sight.state, world, sight.node, findings);
            };
            return After{[this, call, order] { begin(call, order); }};
          },
          [this, call](const Error& why) {
            known_.erase(call.key);
            if (may_pass(why)) return read_table_again();
            // It stays in the table: the next start of the server tries again.
            spdlog::error("engine: the call {} is not made: {}", call.key, why.detail.en);
          }};
}

void CallDesk::begin(const PendingCall& call, CallOrder order) {
  if (!known_.contains(call.key)) return;  // Dropped by a later command of the same batch.
  order.done = [arrivals = arrivals_](FinishCall answer) { arrivals->put(std::move(answer)); };
  out_[call.key] = {call.instance, call.node};
  ++begun_;
  calls_->start(std::move(order));
}

Job CallDesk::answer_job(InstanceId instance, FinishCall answer) {
  return {[this, instance, answer](Batch& batch) -> Result<After> {
            Result<Applied> applied = batch.apply(instance, answer, PersonId{});
            if (!applied) return applied.error();
            return After{[this, answer] {
              if (answer.error) ++failed_;
              settled(answer.key);
            }};
          },
          [this, instance, answer](const Error& why) {
            if (may_pass(why)) return arrivals_->put(answer);  // Written when there is room.
            spdlog::error("engine: the answer to the call {} is not taken: {}", answer.key,
                          why.detail.en);
            settled(answer.key);
          }};
}

void CallDesk::settled(const std::string& key) {
  out_.erase(key);
  known_.erase(key);
}

void CallDesk::count(EngineCounters& counters) const {
  counters.calls_begun = begun_;
  counters.calls_failed = failed_;
  counters.calls_out = out_.size();
}

}  // namespace kyhan
