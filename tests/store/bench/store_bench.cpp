// What the unit of work costs: the same rows written by hand and through it, in batches of 256
// commands, on the same disk. Prints one line of JSON.

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <unistd.h>

#include "workflow/core/json.hpp"
#include "workflow/store/sqlite.hpp"
#include "workflow/store/store.hpp"
#include "workflow/store/unit_of_work.hpp"

namespace kyhan {
namespace {

constexpr int batch_commands = 256;
constexpr int events_per_command = 2;
constexpr int rows_per_command = events_per_command + 4;  // + instance, state, timer, outbox

struct Material {
  InstanceRow row;
  std::string state_json;
  std::string body_json;
};

Material material() {
  Material out;
  out.row.definition = {"vn.bench", "bench", "1.0.0"};
  out.row.unit = UnitId{"so-noi-vu"};
  out.row.title = {"Đo tốc độ", "Measuring speed"};
  out.row.current_json = "[]";
  out.row.search = "do toc do";
  out.state_json = Json{{"data", std::string(1024, 'x')}}.dump();
  out.body_json = Json{{"type", "step_ran"}, {"output", std::string(200, 'y')}}.dump();
  return out;
}

/// Rows a second by the clock on the wall, and by that of the processor (which other programs on
/// the machine disturb less).
struct Speed {
  double rows_per_second = 0;
  double rows_per_cpu_second = 0;
};

template <class Batch>
Speed speed_of(int batches, const Batch& batch) {
  const double rows = static_cast<double>(batches) * batch_commands * rows_per_command;
  const std::clock_t cpu = std::clock();
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < batches; ++i) batch();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  return {rows / took.count(), rows / (static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC)};
}

Speed through_unit_of_work(Store& store, int batches) {
  const Material material_ = material();
  std::vector<InstanceHead> heads(batch_commands);
  const auto command = [&](UnitOfWork& work, int index, std::int64_t& number) {
    InstanceHead head = heads[static_cast<std::size_t>(index)];
    InstanceRow row = material_.row;
    row.id = InstanceId{"bench-" + std::to_string(index)};
    row.revision = head.seq + events_per_command;
    work.begin_command();
    work.stage_instance(head, row);
    for (int event = 0; event < events_per_command; ++event) {
      work.stage_journal(head,
                         {head.seq + 1, Instant{}, "step_ran", "system", material_.body_json});
    }
    work.stage_timer(head, "n1", Instant{Milliseconds{number}});
    work.stage_outbox(
        {0, "e" + std::to_string(++number), "step.ran.so-noi-vu", material_.body_json, Instant{}});
    work.stage_state(head, material_.state_json);
    if (!work.keep_command()) throw std::runtime_error("refused");
    heads[static_cast<std::size_t>(index)] = head;
  };
  std::int64_t number = 0;
  const auto batch = [&] {
    UnitOfWork work{store};
    for (int index = 0; index < batch_commands; ++index) command(work, index, number);
    if (!work.commit()) throw std::runtime_error("not committed");
  };
  batch();
  return speed_of(batches, batch);
}

/// The same statements bound by hand: no hash, no savepoint, no objects.
Speed by_hand(Database& database, int batches) {
  const Material material_ = material();
  Statement update = database.prepare(
      "UPDATE instances SET status = ?2, ended_at = ?3, revision = ?4, runnable = ?5, overdue = ?6,"
      " outcome = ?7, title_vi = ?8, title_en = ?9, current = ?10, search = ?11 WHERE key = ?1");
  Statement journal = database.prepare(
      "INSERT INTO journal (instance, seq, at, type, actor, body, previous, hash) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  Statement timer = database.prepare(
      "INSERT INTO timers (instance, timer, due_at) VALUES (?, ?, ?) "
      "ON CONFLICT (instance, timer) DO UPDATE SET due_at = excluded.due_at");
  Statement outbox = database.prepare(
      "INSERT INTO outbox (id, routing_key, body, created_at) VALUES (?, ?, ?, ?)");
  Statement state =
      database.prepare("UPDATE states SET seq = ?2, hash = ?3, state = ?4 WHERE key = ?1");
  std::int64_t first = 0;
  std::int64_t seq = 0;
  {
    Statement row =
        database.prepare("SELECT min(key), (SELECT max(seq) FROM states) FROM instances");
    row.step();
    first = row.integer(0);
    seq = row.integer(1);
  }
  const Sha256 hash{};
  std::int64_t number = 0;
  return speed_of(batches, [&] {
    Transaction transaction{database};
    for (std::int64_t key = first; key < first + batch_commands; ++key) {
      update
          .bind_all(key, "running", nullptr, seq, 0, 0, "", material_.row.title.vi,
                    material_.row.title.en, "[]", material_.row.search)
          .run();
      for (int event = 1; event <= events_per_command; ++event) {
        journal
            .bind_all(key, seq + event, std::int64_t{0}, "step_ran", "system", material_.body_json,
                      hash, hash)
            .run();
      }
      timer.bind_all(key, "n1", ++number).run();
      const std::string id = "h" + std::to_string(number);
      outbox.bind_all(id, "step.ran.so-noi-vu", material_.body_json, std::int64_t{0}).run();
      state.bind_all(key, seq + events_per_command, hash, material_.state_json).run();
    }
    seq += events_per_command;
    transaction.commit();
  });
}

int run(int batches) {
  const std::filesystem::path home =
      std::filesystem::temp_directory_path() / ("kyhan-bench-" + std::to_string(::getpid()));
  StoreOptions options;
  options.home = home;
  Speed staged;
  Speed raw;
  {
    const auto store = Store::open(options).value();
    staged = through_unit_of_work(*store, batches);
    Database::Options writer;
    const auto database = Database::open(store->database_file(), writer).value();
    raw = by_hand(*database, batches);
  }
  std::filesystem::remove_all(home);
  const auto whole = [](double number) { return static_cast<std::int64_t>(number); };
  std::cout << Json{{"batch_commands", batch_commands},
                    {"rows_per_command", rows_per_command},
                    {"rows_per_second_by_hand", whole(raw.rows_per_second)},
                    {"rows_per_second_unit_of_work", whole(staged.rows_per_second)},
                    {"commands_per_second", whole(staged.rows_per_second / rows_per_command)},
                    {"ratio", staged.rows_per_second / raw.rows_per_second},
                    {"rows_per_cpu_second_by_hand", whole(raw.rows_per_cpu_second)},
                    {"rows_per_cpu_second_unit_of_work", whole(staged.rows_per_cpu_second)},
                    {"cpu_ratio", staged.rows_per_cpu_second / raw.rows_per_cpu_second}}
                   .dump()
            << "\n";
  return 0;
}

}  // namespace
}  // namespace kyhan

int main(int argc, char** argv) {
  return kyhan::run(argc > 1 ? std::atoi(argv[1]) : 100);
}
