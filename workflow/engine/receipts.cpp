#include "workflow/engine/receipts.hpp"

#include "workflow/core/codec.hpp"
#include "workflow/engine/batch.hpp"

namespace kyhan {
namespace {

constexpr int status_ok = 200;

}  // namespace

Error key_reused(const std::string& key) {
  return Error{ErrorCode::invalid,
               "idempotency-key-reused",
               {"Khóa Idempotency-Key \"" + key + "\" đã dùng cho một yêu cầu khác.",
                "The Idempotency-Key \"" + key + "\" was used for another request."}};
}

Result<std::optional<std::string>> find_answer(Batch& batch, const Idempotency& once) {
  if (once.key.empty()) return std::optional<std::string>{};
  Result<std::optional<IdempotencyRow>> row = batch.work().find_idempotency(once.user, once.key);
  if (!row) return row.error();
  if (!*row) return std::optional<std::string>{};
  if ((*row)->route != once.route || (*row)->body_hash != once.body_hash) {
    return key_reused(once.key);
  }
  return std::optional{(*row)->response};
}

void keep_answer(Batch& batch, const Idempotency& once, std::string answer) {
  if (once.key.empty()) return;
  IdempotencyRow row;
  row.user = once.user;
  row.key = once.key;
  row.route = once.route;
  row.body_hash = once.body_hash;
  row.status = status_ok;
  row.response = std::move(answer);
  row.created_at = batch.now();
  batch.work().stage_idempotency(row);
}

std::string encode(const Receipt& receipt) {
  Json open = Json::array();
  for (const OpenTask& task : receipt.open_tasks) {
    open.push_back({{"id", task.id.text()}, {"name", task.name}, {"version", task.version}});
  }
  Json json{{"instance", receipt.instance.text()},
            {"status", static_cast<int>(receipt.status)},
            {"revision", receipt.revision},
            {"openTasks", std::move(open)}};
  // The codec of events is the one that reads a task back.
  if (receipt.task) json["task"] = encode(Event{TaskOpened{*receipt.task, {}, {}, {}}});
  return json.dump();
}

std::optional<Receipt> decode_receipt(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    Receipt receipt;
    receipt.instance = InstanceId{json.at("instance").get<std::string>()};
    receipt.status = static_cast<InstanceStatus>(json.at("status").get<int>());
    receipt.revision = json.at("revision").get<std::int64_t>();
    for (const Json& open : json.at("openTasks")) {
      receipt.open_tasks.push_back({TaskId{open.at("id").get<std::string>()},
                                    open.at("name").get<std::string>(),
                                    open.at("version").get<std::int64_t>()});
    }
    if (json.contains("task")) {
      receipt.task = std::get<TaskOpened>(decode_event(json.at("task"))).task;
    }
    receipt.repeated = true;
    return receipt;
  } catch (const std::exception&) { return std::nullopt; }
}

}  // namespace kyhan
