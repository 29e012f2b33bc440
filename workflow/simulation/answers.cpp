#include <algorithm>
#include <array>

#include "workflow/core/time_text.hpp"
#include "workflow/simulation/simulator.hpp"

namespace kyhan {
namespace {

constexpr std::array actions = {"complete",    "claim",        "release",  "start",
                                "delegate",    "reassign",     "recall",   "requestInfo",
                                "provideInfo", "addSigner",    "removeSigner", "withdraw",
                                "comment"};
constexpr std::array needing_person = {"delegate", "reassign", "requestInfo", "addSigner"};
constexpr std::array keys = {"task", "by",   "action",      "outcome",   "to",    "comment",
                             "data", "unit", "attachments", "signature", "after"};

class Reader {
 public:
  explicit Reader(WhoAnswers who) : who_(who) {}

  std::vector<PlannedAnswer> answers;
  std::vector<FieldError> faults;

  void read(const Json& file) {
    if (!file.is_array()) return fault("", "type", {"Phải là một mảng.", "Must be an array."});
    for (std::size_t i = 0; i < file.size(); ++i) read_one(file[i], "/" + std::to_string(i));
  }

 private:
  void read_one(const Json& item, const std::string& at) {
    if (!item.is_object()) return fault(at, "type", {"Phải là một đối tượng.", "Must be an object."});
    for (const auto& [key, value] : item.items()) {
      if (std::ranges::find(keys, key) == keys.end()) {
        fault(at + "/" + key, "unknown-field", {"Trường không có trong định dạng.", "Unknown field."});
      }
    }
    PlannedAnswer answer;
    answer.task = text(item, at, "task", true);
    answer.by = PersonId(text(item, at, "by", who_ == WhoAnswers::is_named));
    const std::string action = text(item, at, "action", false);
    if (!action.empty()) answer.action = action;
    if (std::ranges::find(actions, answer.action) == actions.end()) {
      fault(at + "/action", "enum", {"Thao tác không có.", "There is no such action."});
    }
    const bool needs_person =
        std::ranges::find(needing_person, answer.action) != needing_person.end();
    answer.to = PersonId(text(item, at, "to", needs_person));
    if (item.contains("signature")) {
      const Json& signature = item.at("signature");
      answer.signs = !signature.is_null() && signature != false;
    }
    answer.outcome = text(item, at, "outcome", false);
    answer.comment = text(item, at, "comment", false);
    answer.unit = UnitId(text(item, at, "unit", false));
    if (item.contains("data")) answer.data = item.at("data");
    const std::string after = text(item, at, "after", false);
    if (!after.empty()) {
      const Result<Duration> length = parse_iso_duration(after);
      if (length && after.front() == '-') {
        fault(at + "/after", "duration",
              {"Thời gian sau khi việc mở không thể âm.",
               "The time after the task has opened cannot be negative."});
      } else if (length) {
        answer.after = *length;
      } else {
        fault(at + "/after", "duration", length.error().detail);
      }
    }
    if (item.contains("attachments")) read_attachments(item.at("attachments"), at, answer);
    answers.push_back(std::move(answer));
  }

  void read_attachments(const Json& list, const std::string& at, PlannedAnswer& answer) {
    if (!list.is_array()) {
      return fault(at + "/attachments", "type", {"Phải là một mảng.", "Must be an array."});
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string here = at + "/attachments/" + std::to_string(i);
      if (!list[i].is_object()) {
        fault(here, "type", {"Phải là một đối tượng.", "Must be an object."});
        continue;
      }
      Attachment file;
      file.id = "a" + std::to_string(answers.size()) + "-" + std::to_string(i);
      file.type = text(list[i], here, "type", true);
      file.name = text(list[i], here, "name", false);
      file.media_type = text(list[i], here, "mediaType", false);
      if (list[i].contains("size") && list[i].at("size").is_number_integer()) {
        file.size = list[i].at("size").get<std::int64_t>();
      }
      answer.attachments.push_back(std::move(file));
    }
  }

  std::string text(const Json& item, const std::string& at, const char* name, bool required) {
    const auto found = item.find(name);
    if (found == item.end()) {
      if (required) fault(at + "/" + name, "required", {"Thiếu trường.", "The field is missing."});
      return {};
    }
    if (!found->is_string()) {
      fault(at + "/" + name, "type", {"Phải là một chuỗi.", "Must be a string."});
      return {};
    }
    return found->get<std::string>();
  }

  void fault(std::string pointer, std::string code, Text message) {
    faults.push_back({std::move(pointer), std::move(code), std::move(message)});
  }

  WhoAnswers who_;
};

}  // namespace

Result<std::vector<PlannedAnswer>> parse_answers(const Json& file, WhoAnswers who) {
  Reader reader{who};
  reader.read(file);
  if (reader.faults.empty()) return std::move(reader.answers);
  const FieldError& first = reader.faults.front();
  return Error{ErrorCode::invalid,
               "answers-invalid",
               {"Tệp câu trả lời có lỗi tại " + first.pointer + ": " + first.message.vi,
                "The answers file is faulty at " + first.pointer + ": " + first.message.en},
               std::move(reader.faults)};
}

}  // namespace kyhan
