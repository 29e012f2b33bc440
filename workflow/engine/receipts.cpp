#include "workflow/engine/receipts.hpp"

#include "workflow/core/codec.hpp"

namespace kyhan {

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
