#pragma once
// A home in a temporary folder, and small true histories to put into it.

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "workflow/core/codec.hpp"
#include "workflow/core/decide.hpp"
#include "workflow/store/store.hpp"
#include "workflow/store/unit_of_work.hpp"

#include "tests/support/results.hpp"

namespace kyhan::test {

/// Midnight UTC of 2026-03-02, plus milliseconds.
inline Instant at(std::int64_t milliseconds) {
  using namespace std::chrono;
  return sys_days{year{2026} / 3 / 2} + Milliseconds{milliseconds};
}

/// A folder that goes when the test ends.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Opens or fails the test.
[[nodiscard]] std::unique_ptr<Store> open_store(const std::filesystem::path& home,
                                                const std::string& vfs = "");

/// An instance whose journal, state and rows agree, as the engine would write it.
struct Run {
  State state;
  InstanceHead head;
  InstanceRow row;

  Run(std::string id, std::string unit, std::string business_key = "");
  /// Applies a fact and stages its journal row.
  void add(UnitOfWork& work, const Event& event, const std::string& actor = "system");
  /// Stages the rows that belong to the state: summary and state itself.
  void save(UnitOfWork& work);
  /// First facts: started, and one node that waits for a task of these candidates.
  TaskRow open_task(UnitOfWork& work, std::vector<Candidate> candidates,
                    std::optional<Instant> due_at);
  void claim(UnitOfWork& work, TaskRow& task, const std::string& person);
  void complete(UnitOfWork& work, TaskRow& task, const std::string& person, Instant when);
};

[[nodiscard]] inline Candidate user(const std::string& id) {
  Candidate candidate;
  candidate.user = PersonId{id};
  return candidate;
}

/// One committed instance with one open task offered to `person`.
TaskRow commit_run(Store& store, const std::string& id, const std::string& unit,
                   const std::string& person, std::optional<Instant> due_at = at(1000));

}  // namespace kyhan::test
