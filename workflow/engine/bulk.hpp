#pragma once
/// Requests of many items. Each item is a command like any other and is judged by itself, at the
/// same door; a job is the list of those that do not fit into one answer.
///
/// A job's items lie in the database with their outcome: what an item does and that it is done are
/// one transaction. They are done in order, a share of each batch, so that people are not held up.

#include <optional>
#include <string>
#include <vector>

#include "workflow/core/json.hpp"
#include "workflow/core/model.hpp"
#include "workflow/core/result.hpp"
#include "workflow/engine/engine.hpp"
#include "workflow/store/rows.hpp"

namespace kyhan {

/// A command with the instance it goes to.
struct Addressed {
  InstanceId instance;
  Command command;
  std::optional<std::int64_t> expected_version = {};
};

/// One item of a job: what it is about, and what to do, or why nothing can be done.
struct JobItem {
  std::string subject;  ///< Id of the task or instance, as asked for.
  std::optional<Addressed> work;
  std::optional<Error> refusal;  ///< Known before it began.
};

struct JobRequest {
  std::string kind;  ///< "tasks"
  std::vector<JobItem> items;
  PersonId by;  ///< In whose name; empty: the server's own user.
  Idempotency idempotency;
};

/// What an item left behind when it was done, for its result.
struct ItemDone {
  std::string state;         ///< Of the task it named; empty: none.
  std::int64_t version = 0;  ///< Of that task.
  std::string instance;
  std::string instance_state;
};

[[nodiscard]] std::string encode(const Addressed& work);
/// Throws std::runtime_error on text that encode() did not write.
[[nodiscard]] Addressed decode_addressed(const std::string& text);

[[nodiscard]] std::string encode(const Error& error);
[[nodiscard]] Error decode_error(const std::string& text);

[[nodiscard]] ItemDone item_done(const Receipt& receipt);
[[nodiscard]] std::string encode(const ItemDone& done);
[[nodiscard]] ItemDone decode_item_done(const std::string& text);

}  // namespace kyhan
