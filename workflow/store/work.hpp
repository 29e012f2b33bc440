#pragma once
/// The inside of a unit of work: its transaction, and where the first failure is kept. Private to
/// the store.

#include <optional>

#include "workflow/store/unit_of_work.hpp"
#include "workflow/store/writer.hpp"

namespace kyhan {

struct UnitOfWork::Work {
  explicit Work(StoreWriter& connection) : writer(connection) {}

  [[nodiscard]] bool failed() const { return failure || command_failure; }

  /// Runs `write`, unless something failed before; keeps a failure.
  template <class F>
  void stage(F&& write) {
    if (failed()) return;
    try {
      write();
    } catch (const StorageFailure& caught) { remember(caught.error()); }
  }

  /// The same for what answers at once.
  template <class F>
  auto ask(F&& question) -> typename AsResult<std::invoke_result_t<F>>::type {
    if (failure) return *failure;
    if (command_failure) return *command_failure;
    try {
      return question();
    } catch (const StorageFailure& caught) {
      remember(caught.error());
      return caught.error();
    }
  }

  /// Binds and runs the statement of a literal.
  template <class... Values>
  void run(const char* sql, const Values&... values) {
    writer.statement(sql).bind_all(values...).run();
  }

  /// Belongs to the command while its savepoint can still be undone, else to the whole.
  void remember(const Error& error) {
    if (savepoint && writer.database->in_transaction()) {
      command_failure = error;
    } else {
      failure = error;
    }
  }

  StoreWriter& writer;
  std::optional<Transaction> transaction;
  std::optional<Savepoint> savepoint;
  std::optional<Error> command_failure;
  std::optional<Error> failure;
};

}  // namespace kyhan
