// The ballots of secret votes. Each open vote has a table of its own whose rows are an id drawn for
// the ballot and the choice, in the order of the ids: no voter, no time, no order. When the vote
// closes the table is dropped with its pages zeroed, and the log, which still held them, is
// truncated. What somebody learns who copies the files meanwhile: docs/decisions-by-people.md.

#include <algorithm>

#include "workflow/core/json.hpp"
#include "workflow/store/reads.hpp"
#include "workflow/store/store.hpp"
#include "workflow/store/work.hpp"

namespace kyhan {
namespace {

constexpr std::string_view prefix = "ballots ";
constexpr const char* truncation_owed = "log_truncation_owed";

/// A quoted name. Ids of votes are letters, digits and hyphens; anything else is a bug.
std::string table_of(const std::string& vote) {
  const bool sound = !vote.empty() && std::ranges::all_of(vote, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
  });
  if (!sound) throw std::logic_error("not the id of a vote: " + vote);
  return "\"" + std::string{prefix} + vote + "\"";
}

/// While it lives, what is deleted is overwritten with zeros.
class Zeroing {
 public:
  explicit Zeroing(Database& database) : database_(database) {
    database_.execute("PRAGMA secure_delete = ON");
  }
  ~Zeroing() {
    try {
      database_.execute("PRAGMA secure_delete = OFF");
    } catch (const StorageFailure&) {  // It then stays on: slower, and nothing worse.
    }
  }
  Zeroing(const Zeroing&) = delete;
  Zeroing& operator=(const Zeroing&) = delete;

 private:
  Database& database_;
};

}  // namespace

void UnitOfWork::stage_ballot_box(const std::string& vote) {
  work_->stage([&] {
    work_->writer.database->execute("CREATE TABLE IF NOT EXISTS " + table_of(vote) +
                                    " (id TEXT PRIMARY KEY, choice TEXT NOT NULL) STRICT, "
                                    "WITHOUT ROWID");
  });
}

void UnitOfWork::stage_ballot(const std::string& vote, std::string_view id,
                              std::string_view choice) {
  work_->stage([&] {
    Statement row = work_->writer.database->prepare("INSERT INTO " + table_of(vote) +
                                                    " (id, choice) VALUES (?, ?)");
    row.bind_all(id, choice);
    row.run();
  });
}

Result<std::map<std::string, std::int64_t>> UnitOfWork::count_ballots(const std::string& vote) {
  return work_->ask([&] {
    Statement row = work_->writer.database->prepare("SELECT choice, count(*) FROM " +
                                                    table_of(vote) + " GROUP BY choice");
    std::map<std::string, std::int64_t> counts;
    while (row.step()) counts[row.text(0)] = row.integer(1);
    return counts;
  });
}

void UnitOfWork::clear_ballot_box(const std::string& vote) {
  work_->stage([&] {
    const Zeroing zeroing{*work_->writer.database};
    work_->writer.database->execute("DROP TABLE IF EXISTS " + table_of(vote));
    // Kept with it, so that a crash between the commit and the truncation forgets nothing.
    work_->run("INSERT OR REPLACE INTO settings (key, value) VALUES (?, '1')", truncation_owed);
  });
}

Result<bool> Store::truncate_log() {
  return guarded([&] {
    // Not at all rather than late: whoever reads holds it up, and it is tried again.
    return writer_->database->truncate_log();
  });
}

Result<std::map<std::string, std::int64_t>> Reads::ballot_boxes() {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT substr(name, 9) FROM sqlite_master WHERE type = 'table' "
        "AND substr(name, 1, 8) = 'ballots '");
    std::map<std::string, std::int64_t> votes;
    while (row.step()) votes[row.text(0)] = 0;
    for (auto& [vote, ballots] : votes) {
      Statement count = connection_->prepare("SELECT count(*) FROM " + table_of(vote));
      count.step();
      ballots = count.integer(0);
    }
    return votes;
  });
}

}  // namespace kyhan
