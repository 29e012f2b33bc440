#include "workflow/store/verify.hpp"

#include "workflow/core/codec.hpp"
#include "workflow/core/decide.hpp"
#include "workflow/store/blob_store.hpp"
#include "workflow/store/chain.hpp"
#include "workflow/store/lists.hpp"
#include "workflow/store/row_readers.hpp"

namespace kyhan {
namespace {

/// One pass over one consistent view of a database.
class Audit {
 public:
  Audit(Store& store, Reads& reads) : store_(store), reads_(reads), database_(reads.connection()) {}

  VerifyReport run() {
    database_.execute("BEGIN");  // A reader's transaction: one view of everything.
    try {
      check_database();
      check_instances();
      check_ballot_boxes();
      check_inbox();
      check_attachments();
      database_.execute("COMMIT");
    } catch (...) {
      if (database_.in_transaction()) database_.execute("ROLLBACK");
      throw;
    }
    return std::move(report_);
  }

 private:
  struct Stored {
    std::int64_t key = 0;
    InstanceRow row;
    std::int64_t seq = 0;
    Sha256 hash{};
    std::string state_json;
  };

  void find(const char* code, const InstanceId& instance, Text text) {
    if (report_.findings.size() < findings_max) {
      report_.findings.push_back({code, instance, std::move(text)});
    }
  }

  void check_database() {
    Statement fault = database_.prepare("PRAGMA integrity_check");
    while (fault.step()) {
      if (fault.view(0) == "ok") continue;
      find("integrity", {},
           {"Tệp cơ sở dữ liệu bị hỏng: " + fault.text(0) + ".",
            "The database file is damaged: " + fault.text(0) + "."});
    }
    Statement orphan = database_.prepare("PRAGMA foreign_key_check");
    while (orphan.step()) {
      find("foreign-key", {},
           {"Một dòng của bảng " + orphan.text(0) + " trỏ tới dòng không tồn tại của bảng " +
                orphan.text(2) + ".",
            "A row of table " + orphan.text(0) + " names a missing row of table " + orphan.text(2) +
                "."});
    }
  }

  void check_instances() {
    Statement row =
        database_.prepare("SELECT s.seq, s.hash, s.state, " KYHAN_INSTANCE_COLUMNS
                          " FROM instances n LEFT JOIN states s ON s.key = n.key ORDER BY n.key");
    while (row.step()) {
      ++report_.instances;
      Stored stored{row.integer(3), read_instance(row, 3), row.integer(0), row.bytes<32>(1),
                    row.text(2)};
      if (row.is_null(0)) {
        find("state-missing", stored.row.id,
             {"Quy trình không có trạng thái được lưu.", "The instance has no stored state."});
        continue;
      }
      check_instance(stored);
    }
  }

  void check_instance(const Stored& stored) {
    State replayed;
    if (!replay(stored, replayed)) return;
    State state;
    try {
      const Json json = Json::parse(stored.state_json);
      state = decode_state(json);
      if (encode_state(replayed) != json) {
        find("replay", stored.row.id,
             {"Diễn lại nhật ký cho ra trạng thái khác với trạng thái đã lưu.",
              "Replaying the journal gives another state than the stored one."});
      }
    } catch (const std::exception& failure) {
      find("state-unreadable", stored.row.id,
           {std::string{"Không đọc được trạng thái đã lưu: "} + failure.what() + ".",
            std::string{"The stored state cannot be read: "} + failure.what() + "."});
      return;
    }
    check_summary(stored, state);
    check_waits(stored, state);
  }

  /// Walks the chain and applies every event. False: the journal cannot be read.
  bool replay(const Stored& stored, State& state) {
    Statement row = database_.prepare(
        "SELECT seq, at, type, actor, body, previous, hash FROM journal WHERE instance = ? "
        "ORDER BY seq");
    row.bind_all(stored.key);
    Sha256 last = chain_start(stored.row.id);
    std::int64_t seq = 0;
    bool whole = true;
    bool readable = true;
    while (row.step()) {
      ++report_.journal_rows;
      const JournalEntry entry{row.integer(0), row.instant(1), row.text(2), row.text(3),
                               row.text(4)};
      const Sha256 hash = hasher_.next(last, entry);
      if (whole && (entry.seq != seq + 1 || row.bytes<32>(5) != last || row.bytes<32>(6) != hash)) {
        whole = false;  // Every later row would fail with it: told once.
        find("chain", stored.row.id,
             {"Chuỗi băm của nhật ký bị đứt tại sự kiện " + std::to_string(entry.seq) + ".",
              "The journal's hash chain is broken at event " + std::to_string(entry.seq) + "."});
      }
      last = row.bytes<32>(6);
      seq = entry.seq;
      if (readable) readable = apply(stored, entry, state);
    }
    if (whole && (seq != stored.seq || last != stored.hash)) {
      find("chain", stored.row.id,
           {"Nhật ký kết thúc ở sự kiện " + std::to_string(seq) + " nhưng trạng thái ghi nhận " +
                std::to_string(stored.seq) + " sự kiện.",
            "The journal ends at event " + std::to_string(seq) + " but the state counts " +
                std::to_string(stored.seq) + " events."});
    }
    return readable;
  }

  bool apply(const Stored& stored, const JournalEntry& entry, State& state) {
    try {
      const Event event = decode_event(Json::parse(entry.body_json));
      if (type_of(event) != entry.type) throw std::runtime_error("type and body differ");
      evolve(state, event);
      return true;
    } catch (const std::exception& failure) {
      const std::string seq = std::to_string(entry.seq);
      find("journal-unreadable", stored.row.id,
           {"Không đọc được sự kiện " + seq + " của nhật ký: " + failure.what() + ".",
            "Event " + seq + " of the journal cannot be read: " + failure.what() + "."});
      return false;
    }
  }

  void check_summary(const Stored& stored, const State& state) {
    const InstanceRow& row = stored.row;
    if (row.id == state.id && row.definition == state.definition && row.unit == state.unit &&
        row.business_key == state.business_key && row.initiator == state.initiator &&
        row.status == state.status && row.started_at == state.started_at &&
        row.ended_at == state.ended_at && row.revision == state.revision) {
      return;
    }
    find("summary", row.id,
         {"Dòng tóm tắt trong danh sách khác với trạng thái đã lưu.",
          "The row for lists differs from the stored state."});
  }

  void check_waits(const Stored& stored, const State& state) {
    const InstanceId& id = stored.row.id;
    const Waits waits = waits_of(state);
    const Result<WaitRows> found_rows = reads_.wait_rows(stored.key);
    if (!found_rows) throw StorageFailure{0, found_rows.error()};
    const WaitRows& rows = *found_rows;
    for (const auto& [timer, due_at] : waits.timers) {
      const auto found = rows.timers.find(timer);
      if (found == rows.timers.end() || found->second != due_at) {
        find("timer-missing", id,
             {"Thiếu bộ hẹn giờ " + timer + " hoặc giờ hẹn sai.",
              "The timer " + timer + " is missing or has another time."});
      }
    }
    for (const auto& [timer, due_at] : rows.timers) {
      if (waits.timers.contains(timer)) continue;
      find("timer-orphan", id,
           {"Bộ hẹn giờ " + timer + " không ứng với việc gì đang chờ.",
            "The timer " + timer + " belongs to nothing that waits."});
    }
    for (const NodeId node : waits.subscriptions) {
      if (rows.subscriptions.contains(node)) continue;
      find("subscription-missing", id,
           {"Bước chờ sự kiện (nút " + std::to_string(node) + ") thiếu đăng ký nhận.",
            "Node " + std::to_string(node) + " listens but has no subscription."});
    }
    for (const NodeId node : rows.subscriptions) {
      if (waits.subscriptions.contains(node)) continue;
      find(
          "subscription-orphan", id,
          {"Đăng ký nhận sự kiện của nút " + std::to_string(node) + " không còn bước nào chờ.",
           "The subscription of node " + std::to_string(node) + " belongs to no step that waits."});
    }
    for (const TaskId& task : waits.tasks) {
      if (rows.tasks.contains(task)) continue;
      find("task-missing", id,
           {"Công việc " + task.text() + " đang mở nhưng không có trong danh sách.",
            "The task " + task.text() + " is open but stands in no list."});
    }
    for (const TaskId& task : rows.tasks) {
      if (waits.tasks.contains(task)) continue;
      find("task-orphan", id,
           {"Công việc " + task.text() + " còn trong danh sách nhưng không còn mở.",
            "The task " + task.text() + " stands in the lists but is not open."});
    }
    for (const auto& [node, key] : waits.calls) {
      const auto found = rows.calls.find(node);
      if (found != rows.calls.end() && found->second == key) continue;
      find("call-missing", id,
           {"Lời gọi ra ngoài của nút " + std::to_string(node) + " không có trong bảng chờ.",
            "The call of node " + std::to_string(node) + " stands in no table."});
    }
    for (const auto& [node, key] : rows.calls) {
      if (waits.calls.contains(node)) continue;
      find("call-orphan", id,
           {"Lời gọi ra ngoài của nút " + std::to_string(node) + " không còn bước nào chờ.",
            "The call of node " + std::to_string(node) + " belongs to no step that waits."});
    }
    note_ballot_boxes(state);
    for (const InstanceId& child : waits.children) {
      const Result<std::optional<InstanceRow>> row = reads_.find_instance(child);
      if (!row) throw StorageFailure{0, row.error()};
      if (*row && !(*row)->ended_at) continue;
      find("child-missing", id,
           {"Quy trình chờ quy trình con " + child.text() + " nhưng quy trình đó không còn mở.",
            "The instance waits for the sub-workflow " + child.text() + ", which is not open."});
    }
    check_fans(stored, state, waits, rows);
    const bool running = !state.ended_at && !state.suspended;
    if (running && !stored.row.runnable && waits.timers.empty() && waits.subscriptions.empty() &&
        waits.tasks.empty() && waits.calls.empty() && waits.children.empty() &&
        waits.fans.empty()) {
      find("stuck", id,
           {"Quy trình chưa kết thúc nhưng không chờ gì và không có bước nào để chạy.",
            "The instance has not ended, yet waits for nothing and has nothing to run."});
    }
  }

  /// The children of each fanOut: kept as long as its step waits, and open as far as it says.
  void check_fans(const Stored& stored, const State& state, const Waits& waits,
                  const WaitRows& rows) {
    const InstanceId& id = stored.row.id;
    for (const NodeId node : waits.fans) {
      if (rows.fans.contains(node)) continue;
      find("fan-missing", id,
           {"Các quy trình con của nút " + std::to_string(node) + " không có trong bảng chờ.",
            "The sub-workflows of node " + std::to_string(node) + " stand in no table."});
    }
    const Result<std::vector<FanRow>> fans = reads_.fans_of(stored.key);
    if (!fans) throw StorageFailure{0, fans.error()};
    for (const FanRow& fan : *fans) {
      const std::string node = std::to_string(fan.node);
      if (!waits.fans.contains(fan.node)) {
        find("fan-orphan", id,
             {"Các quy trình con của nút " + node + " không còn bước nào chờ.",
              "The sub-workflows of node " + node + " belong to no step that waits."});
        continue;
      }
      check_fan_children(id, fan, state.nodes.at(fan.node).results.at("fan"));
    }
  }

  void check_fan_children(const InstanceId& id, const FanRow& fan, const Json& known) {
    const std::string node = std::to_string(fan.node);
    const Result<std::vector<std::int64_t>> open = reads_.open_fan_children(fan.parent, fan.node);
    if (!open) throw StorageFailure{0, open.error()};
    std::int64_t counted = 0;
    for (const char* how : {"completed", "faulted", "cancelled"}) counted += known.value(how, 0);
    if (static_cast<std::int64_t>(open->size()) != fan.open() || counted != fan.counted ||
        known.value("total", std::int64_t{0}) != fan.total) {
      find("fan-count", id,
           {"Số quy trình con của nút " + node + " không khớp với trạng thái.",
            "The number of sub-workflows of node " + node + " differs from the state."});
    }
    for (const std::int64_t number : *open) {
      const InstanceId child = fan_child_id(id, fan.node, number);
      const Result<std::optional<InstanceRow>> row = reads_.find_instance(child);
      if (!row) throw StorageFailure{0, row.error()};
      if (*row && !(*row)->ended_at) continue;
      find("child-missing", id,
           {"Quy trình chờ quy trình con " + child.text() + " nhưng quy trình đó không còn mở.",
            "The instance waits for the sub-workflow " + child.text() + ", which is not open."});
    }
  }

  /// How many have voted in each open secret vote, as the journal says.
  void note_ballot_boxes(const State& state) {
    for (const auto& [node, waiting] : state.nodes) {
      if (!waiting.results.is_object() || !waiting.results.contains("box")) continue;
      boxes_[waiting.results.at("box").get<std::string>()] = {
          state.id, static_cast<std::int64_t>(waiting.responses.size())};
    }
  }

  void check_ballot_boxes() {
    const Result<std::map<std::string, std::int64_t>> found = reads_.ballot_boxes();
    if (!found) throw StorageFailure{0, found.error()};
    for (const auto& [vote, expected] : boxes_) {
      const auto box = found->find(vote);
      if (box != found->end() && box->second == expected.voted) continue;
      const std::string there = box == found->end() ? "0" : std::to_string(box->second);
      find("ballots", expected.instance,
           {"Cuộc bỏ phiếu kín " + vote + " có " + std::to_string(expected.voted) +
                " người đã bỏ phiếu nhưng hòm phiếu giữ " + there + " phiếu.",
            "In the secret vote " + vote + " " + std::to_string(expected.voted) +
                " have voted but the box holds " + there + " ballots."});
    }
    for (const auto& [vote, ballots] : *found) {
      if (boxes_.contains(vote)) continue;
      find("ballots-orphan", {},
           {"Hòm phiếu " + vote + " vẫn còn dù cuộc bỏ phiếu không còn mở.",
            "The ballot box " + vote + " is still there though its vote is not open."});
    }
  }

  void check_inbox() {
    Statement task = database_.prepare("SELECT key, id, inbox, due_at FROM tasks WHERE open = 1");
    Statement found =
        database_.prepare("SELECT 1 FROM inbox WHERE person_key = ? AND due_at = ? AND task = ?");
    std::int64_t expected = 0;
    while (task.step()) {
      for (const auto& key : split_list<std::string>(task.view(2))) {
        ++expected;
        found.reset();
        found.bind_all(key, task.integer(3), task.integer(0));
        if (found.step()) continue;
        find("inbox-missing", {},
             {"Công việc " + task.text(1) + " không hiện trong danh sách việc của " + key + ".",
              "The task " + task.text(1) + " is missing from the inbox of " + key + "."});
      }
    }
    Statement rows = database_.prepare("SELECT count(*) FROM inbox");
    rows.step();
    if (rows.integer(0) > expected) {
      find("inbox-orphan", {},
           {"Danh sách việc có dòng của công việc không còn mở.",
            "The inbox has rows of tasks that are not open."});
    }
  }

  void check_attachments() {
    const BlobStore blobs = BlobStore::at(store_.attachments_folder());
    Statement row = database_.prepare(
        "SELECT sha256, min(name), min(instance), max(used) FROM attachments GROUP BY sha256");
    while (row.step()) {
      ++report_.attachments;
      const std::optional<Sha256> sha256 = sha256_from_hex(row.view(0));
      const Result<bool> intact = sha256 ? blobs.intact(*sha256) : Result<bool>{false};
      if (intact && *intact) continue;
      // An upload nobody has used may be swept while we look.
      if (!row.flag(3) && sha256 && !blobs.contains(*sha256)) continue;
      find("attachment", row.id<InstanceId>(2),
           {"Tệp đính kèm \"" + row.text(1) + "\" bị mất hoặc nội dung khác với mã băm.",
            "The attachment \"" + row.text(1) + "\" is missing or differs from its hash."});
    }
  }

  struct Box {
    InstanceId instance;
    std::int64_t voted = 0;
  };

  Store& store_;
  Reads& reads_;
  std::map<std::string, Box> boxes_;  ///< Of the votes that are open.
  Database& database_;
  ChainHasher hasher_;
  VerifyReport report_;
};

}  // namespace

Result<VerifyReport> verify(Store& store) {
  return guarded([&] {
    const ReadLease reads = store.reads();
    return Audit{store, *reads}.run();
  });
}

}  // namespace kyhan
