#pragma once
/// Calls to other systems, between the commit that announces one and the command that brings its
/// answer. Engine thread only, except for the answers, which may arrive on any.
///
/// What is to be called stands in the table `calls`; here is the page that is at hand, what is out,
/// and what has come back and not been written yet. After a crash the table is read from the start,
/// so every call without an answer is made again, under the same key.

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "workflow/core/calls.hpp"
#include "workflow/engine/job.hpp"
#include "workflow/store/reads.hpp"

namespace kyhan {

struct EngineCounters;

class CallDesk {
 public:
  struct Limits {
    std::size_t in_flight_max = 1024;  ///< Calls that are out at once.
    std::size_t at_hand_max = 4096;    ///< Remembered besides; the rest stays in the table.
    std::size_t per_batch_max = 64;    ///< Begun, and answers taken, in one batch.
  };
  /// `calls` null: nobody makes calls; they wait in the table. `wake` is called, on any thread,
  /// when an answer has come.
  CallDesk(std::shared_ptr<Calls> calls, Limits limits, std::function<void()> wake);
  ~CallDesk();
  CallDesk(const CallDesk&) = delete;
  CallDesk& operator=(const CallDesk&) = delete;

  // After a commit.
  void announced(const PendingCall& call);
  void dropped(const std::string& key);

  /// Something can be begun, or an answer is there.
  [[nodiscard]] bool work_is_due() const;
  /// Calls are out, or answers not yet written: a virtual clock waits for them.
  [[nodiscard]] bool busy() const;
  void add_jobs(Reads& reads, std::vector<Job>& jobs);
  void count(EngineCounters& counters) const;

 private:
  struct Out {
    InstanceId instance;
    NodeId node = 0;
  };
  /// Where answers arrive. Outlives the desk: one may come late.
  struct Arrivals;

  void fill_from_table(Reads& reads);
  void read_table_again();
  [[nodiscard]] Job begin_job(PendingCall call);
  [[nodiscard]] Job answer_job(InstanceId instance, FinishCall answer);
  void begin(const PendingCall& call, CallOrder order);
  void settled(const std::string& key);

  std::shared_ptr<Calls> calls_;
  Limits limits_;
  std::shared_ptr<Arrivals> arrivals_;
  std::deque<PendingCall> at_hand_;
  std::set<std::string> known_;  ///< Keys at hand, being begun, or out.
  std::map<std::string, Out> out_;
  bool more_in_table_ = true;
  std::pair<std::int64_t, NodeId> read_up_to_{0, 0};
  std::size_t begun_ = 0;
  std::size_t failed_ = 0;
};

}  // namespace kyhan
