#include "workflow/core/compare.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "workflow/core/due_form.hpp"
#include "workflow/core/plain_words.hpp"

namespace kyhan {
namespace {

constexpr std::size_t changes_max = 500;
constexpr std::size_t said_bytes_max = 200;
using What = DefinitionChange::What;
using Kind = DefinitionChange::Kind;

const Json& member(const Json& object, std::string_view name) {
  static const Json none;
  if (!object.is_object()) return none;
  const auto found = object.find(std::string(name));
  return found == object.end() ? none : *found;
}

Text both(std::string text) { return {text, text}; }

/// JSON as it stands, where it is short enough to be read.
Text as_written(const Json& value) {
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  return text.size() <= said_bytes_max ? both(std::move(text)) : Text{};
}

/// "/do/0/a/do/1/b" -> "/do/a/do/b": where a step stands, wherever in its list.
std::string place_of(const std::string& pointer) {
  std::string place;
  for (std::size_t start = 1; start <= pointer.size();) {
    const std::size_t end = std::min(pointer.find('/', start), pointer.size());
    const std::string part = pointer.substr(start, end - start);
    if (part.empty() || part.find_first_not_of("0123456789") != std::string::npos) {
      place += "/" + part;
    }
    start = end + 1;
  }
  return place;
}

const Json& source_of(const Definition& definition, const Step& step) {
  static const Json none;
  const Json::json_pointer at{step.pointer};
  return definition.document.contains(at) ? definition.document.at(at) : none;
}

Text due_words(const Json& due) {
  const Text words = due_in_words(due);
  return words.vi.empty() ? as_written(due) : words;
}

Text offset_words(const Json& offset) {
  const Json& days = member(offset, "workingDays");
  if (days.is_number_integer()) {
    const auto number = days.get<std::int64_t>();
    const std::string count = std::to_string(std::abs(number));
    if (number == 0) return {"đúng hạn", "on the due date"};
    const std::string plural = count == "1" ? "" : "s";
    return number < 0 ? Text{"trước hạn " + count + " ngày làm việc",
                             count + " working day" + plural + " before it is due"}
                      : Text{"sau hạn " + count + " ngày làm việc",
                             count + " working day" + plural + " after it was due"};
  }
  return as_written(offset);
}

/// "trước hạn 1 ngày làm việc, lúc 08:00, cho assignee"
Text reminder_words(const Json& reminder) {
  Text words = offset_words(member(reminder, "offset"));
  if (words.vi.empty()) return as_written(reminder);
  const Json& at = member(reminder, "at");
  if (at.is_string()) {
    words.vi += ", lúc " + at.get<std::string>();
    words.en += ", at " + at.get<std::string>();
  }
  const Text to = as_written(member(reminder, "to"));
  return {words.vi + ", cho " + to.vi, words.en + ", to " + to.en};
}

Text escalation_words(const Json& step) {
  const Text after = offset_words(member(step, "after"));
  const Json& action = member(step, "action");
  const std::string what = action.is_string() ? action.get<std::string>() : "?";
  const Text to = as_written(member(step, "to"));
  return {what + " " + after.vi + (step.contains("to") ? ", tới " + to.vi : ""),
          what + " " + after.en + (step.contains("to") ? ", to " + to.en : "")};
}

Text role_words(const Json& candidate) {
  const Json& role = member(candidate, "role");
  if (!role.is_string()) return as_written(candidate);
  Text words = both(role.get<std::string>());
  for (const char* name : {"unit", "units"}) {
    const Text unit = as_written(member(candidate, name));
    if (candidate.contains(name)) {
      words.vi += " của đơn vị " + unit.vi;
      words.en += " of unit " + unit.en;
    }
  }
  return words;
}

class Comparison {
 public:
  Comparison(const Definition& before, const Definition& after) : before_(before), after_(after) {}

  std::vector<DefinitionChange> run() {
    compare_heads();
    const auto old_steps = by_place(before_);
    const auto new_steps = by_place(after_);
    for (const Step& step : after_.steps) {
      const auto found = old_steps.find(place_of(step.pointer));
      if (found == old_steps.end()) {
        step_added(step);
      } else {
        compare_steps(*found->second, step);
      }
    }
    compare_order("/do", before_.top, after_.top);
    for (const Step& step : before_.steps) {
      if (!new_steps.contains(place_of(step.pointer))) step_removed(step);
    }
    return std::move(changes_);
  }

 private:
  static std::map<std::string, const Step*> by_place(const Definition& definition) {
    std::map<std::string, const Step*> steps;
    for (const Step& step : definition.steps) steps.emplace(place_of(step.pointer), &step);
    return steps;
  }

  void add(DefinitionChange change) {
    if (changes_.size() < changes_max) changes_.push_back(std::move(change));
  }

  /// One member that came, went or is another: "Bước “x”: hạn xử lý đổi từ … thành …."
  void note(What what, const Step* step, const std::string& pointer, const Text& name,
            const Text& old_words, const Text& new_words, Kind kind) {
    DefinitionChange change{what, kind, pointer, step != nullptr ? step->name : "", old_words,
                            new_words, {}};
    const Text where = step != nullptr ? Text{"Bước “" + step->name + "”: ",
                                              "Step “" + step->name + "”: "}
                                       : Text{};
    const auto quoted = [](const std::string& words) {
      return words.empty() ? std::string{} : " “" + words + "”";
    };
    switch (kind) {
      case Kind::added:
        change.sentence = {where.vi + "thêm " + name.vi + quoted(new_words.vi) + ".",
                           where.en + name.en + " added:" + quoted(new_words.en) + "."};
        break;
      case Kind::removed:
        change.sentence = {where.vi + "bỏ " + name.vi + quoted(old_words.vi) + ".",
                           where.en + name.en + " removed:" + quoted(old_words.en) + "."};
        break;
      case Kind::changed:
        change.sentence = {where.vi + name.vi + " đổi",  where.en + name.en + " changed"};
        if (!old_words.vi.empty() && !new_words.vi.empty()) {
          change.sentence.vi += " từ" + quoted(old_words.vi) + " thành" + quoted(new_words.vi);
          change.sentence.en += " from" + quoted(old_words.en) + " to" + quoted(new_words.en);
        }
        change.sentence.vi += ".";
        change.sentence.en += ".";
        break;
    }
    add(std::move(change));
  }

  template <class Words>
  void compare_member(What what, const Step* step, const std::string& pointer, const Text& name,
                      const Json& old_value, const Json& new_value, Words words) {
    if (old_value == new_value) return;
    const Kind kind = old_value.is_null()   ? Kind::added
                      : new_value.is_null() ? Kind::removed
                                            : Kind::changed;
    note(what, step, pointer, name, old_value.is_null() ? Text{} : words(old_value),
         new_value.is_null() ? Text{} : words(new_value), kind);
  }

  /// What one list has and the other has not.
  template <class Words>
  void compare_lists(What what, const Step* step, const std::string& pointer, const Text& name,
                     const Json& old_list, const Json& new_list, Words words) {
    if (old_list == new_list) return;
    const auto items = [](const Json& list) {
      return list.is_array() ? list : list.is_null() ? Json::array() : Json::array({list});
    };
    const Json before = items(old_list);
    const Json after = items(new_list);
    for (std::size_t i = 0; i < after.size(); ++i) {
      if (std::ranges::find(before, after[i]) != before.end()) continue;
      note(what, step, pointer + "/" + std::to_string(i), name, {}, words(after[i]), Kind::added);
    }
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (std::ranges::find(after, before[i]) != after.end()) continue;
      note(what, step, pointer + "/" + std::to_string(i), name, words(before[i]), {},
           Kind::removed);
    }
  }

  void compare_heads() {
    const auto compare = [this](const char* pointer, const Text& name) {
      const Json::json_pointer at{pointer};
      const auto value = [&at](const Definition& one) {
        return one.document.contains(at) ? one.document.at(at) : Json();
      };
      compare_member(What::definition, nullptr, pointer, name, value(before_), value(after_),
                     as_written);
    };
    compare("/document/metadata/title", {"tên quy trình", "the title"});
    compare("/input", {"dữ liệu vào", "the input"});
    compare("/output", {"dữ liệu ra", "the output"});
    compare("/document/metadata/start/form", {"biểu mẫu khởi tạo", "the start form"});
    compare("/document/metadata/start/businessKey", {"mã nghiệp vụ", "the business key"});
    compare_member(What::deadline, nullptr, "/timeout", {"thời hạn của cả quy trình", "the timeout"},
                   member(before_.document, "timeout"), member(after_.document, "timeout"),
                   as_written);
    compare_lists(What::role, nullptr, "/document/metadata/start/by",
                  {"người được khởi tạo", "who may start it"}, before_.start.by, after_.start.by,
                  role_words);
    const Text was = schedule_in_words(before_.schedule);
    const Text is = schedule_in_words(after_.schedule);
    if (was != is) {
      note(What::schedule, nullptr, "/schedule", {"lịch tự khởi tạo", "the schedule"}, was, is,
           was.vi.empty()  ? Kind::added
           : is.vi.empty() ? Kind::removed
                           : Kind::changed);
    } else {
      compare("/schedule", {"lịch tự khởi tạo", "the schedule"});
      compare("/document/metadata/schedule", {"quy tắc của lịch tự khởi tạo", "rules of the schedule"});
    }
  }

  void step_added(const Step& step) {
    const std::string what = title_of(after_, step);
    add({What::step, Kind::added, step.pointer, step.name, {}, both(what),
         {"Thêm bước “" + step.name + "” (" + what + ").",
          "Step “" + step.name + "” added (" + what + ")."}});
  }

  void step_removed(const Step& step) {
    const std::string what = title_of(before_, step);
    add({What::step, Kind::removed, step.pointer, step.name, both(what), {},
         {"Bỏ bước “" + step.name + "” (" + what + ").",
          "Step “" + step.name + "” removed (" + what + ")."}});
  }

  static std::string title_of(const Definition& definition, const Step& step) {
    const Json& call = member(source_of(definition, step), "call");
    return call.is_string() ? call.get<std::string>() : step.kind;
  }

  void compare_steps(const Step& was, const Step& is) {
    const Json& before = source_of(before_, was);
    const Json& after = source_of(after_, is);
    if (title_of(before_, was) != title_of(after_, is)) {
      note(What::step, &is, is.pointer, {"loại việc", "the kind of work"},
           both(title_of(before_, was)), both(title_of(after_, is)), Kind::changed);
      return;
    }
    const Json& old_with = member(before, "with");
    const Json& new_with = member(after, "with");
    const std::string with = is.pointer + "/with";
    for (const auto& [name, words] : deadlines) {
      compare_member(What::deadline, &is, with + "/" + name, words, member(old_with, name),
                     member(new_with, name), due_words);
    }
    compare_member(What::deadline, &is, is.pointer + "/timeout", {"thời gian tối đa", "the timeout"},
                   member(before, "timeout"), member(after, "timeout"), as_written);
    compare_member(What::deadline, &is, is.pointer + "/wait", {"thời gian chờ", "the wait"},
                   member(before, "wait"), member(after, "wait"), as_written);
    const Text performer{"người thực hiện", "who does it"};
    compare_lists(What::role, &is, with + "/assignment/candidates", performer,
                  member(member(old_with, "assignment"), "candidates"),
                  member(member(new_with, "assignment"), "candidates"), role_words);
    compare_lists(What::role, &is, with + "/electorate", {"người biểu quyết", "who votes"},
                  member(old_with, "electorate"), member(new_with, "electorate"), role_words);
    compare_lists(What::reminder, &is, with + "/reminders", {"nhắc việc", "a reminder"},
                  member(old_with, "reminders"), member(new_with, "reminders"), reminder_words);
    compare_lists(What::escalation, &is, with + "/escalation",
                  {"báo cáo cấp trên", "an escalation"}, member(old_with, "escalation"),
                  member(new_with, "escalation"), escalation_words);
    compare_rest(is, before, after);
    compare_scopes(was, is);
  }

  /// What has no words of its own: which members are others, in one change.
  void compare_rest(const Step& step, Json before, Json after) {
    for (Json* one : {&before, &after}) {
      if (!one->is_object()) continue;
      for (const char* told : {"timeout", "wait", "do", "try", "fork", "foreach"}) one->erase(told);
      if (one->contains("catch") && (*one)["catch"].is_object()) (*one)["catch"].erase("do");
      if (!one->contains("with") || !(*one)["with"].is_object()) continue;
      Json& with = (*one)["with"];
      for (const auto& [name, words] : deadlines) with.erase(name);
      for (const char* told : {"electorate", "reminders", "escalation"}) with.erase(told);
      if (with.contains("assignment") && with["assignment"].is_object()) {
        with["assignment"].erase("candidates");
      }
    }
    if (before == after) return;
    std::string names;
    for (const std::string& name : differing(before, after)) {
      names += (names.empty() ? "" : ", ") + name;
    }
    add({What::step, Kind::changed, step.pointer, step.name, {}, {},
         {"Bước “" + step.name + "”: đổi " + names + ".",
          "Step “" + step.name + "”: " + names + " changed."}});
  }

  static std::set<std::string> differing(const Json& before, const Json& after) {
    std::set<std::string> names;
    const auto compare = [&names](const Json& one, const Json& other, const std::string& prefix) {
      for (const auto& [name, value] : one.items()) {
        if (member(other, name) != value) names.insert(prefix + name);
      }
    };
    if (!before.is_object() || !after.is_object()) return {"?"};
    for (const auto& [one, other] : {std::pair{&before, &after}, {&after, &before}}) {
      compare(*one, *other, "");
      compare(member(*one, "with").is_object() ? member(*one, "with") : Json::object(),
              member(*other, "with"), "with.");
    }
    if (names.size() > 1) names.erase("with");
    return names;
  }

  /// The order of the steps both versions have in a list.
  void compare_order(const std::string& pointer, const StepList& was, const StepList& is) {
    const auto names = [](const Definition& definition, const StepList& list) {
      std::vector<std::string> out;
      for (const StepIndex index : list) {
        out.push_back(definition.steps.at(static_cast<std::size_t>(index)).name);
      }
      return out;
    };
    std::vector<std::string> before = names(before_, was);
    std::vector<std::string> after = names(after_, is);
    const std::set<std::string> had(before.begin(), before.end());
    const std::set<std::string> has(after.begin(), after.end());
    std::erase_if(before, [&has](const std::string& name) { return !has.contains(name); });
    std::erase_if(after, [&had](const std::string& name) { return !had.contains(name); });
    if (before == after) return;
    add({What::order, Kind::changed, pointer, "", {}, {},
         {"Thứ tự các bước trong " + pointer + " thay đổi.",
          "The order of the steps in " + pointer + " changed."}});
  }

  void compare_scopes(const Step& was, const Step& is) {
    const auto* old_do = std::get_if<DoStep>(&was.body);
    const auto* new_do = std::get_if<DoStep>(&is.body);
    if (old_do != nullptr && new_do != nullptr) {
      compare_order(is.pointer + "/do", old_do->list, new_do->list);
    }
    const auto* old_for = std::get_if<ForStep>(&was.body);
    const auto* new_for = std::get_if<ForStep>(&is.body);
    if (old_for != nullptr && new_for != nullptr) {
      compare_order(is.pointer + "/do", old_for->list, new_for->list);
    }
    const auto* old_try = std::get_if<TryStep>(&was.body);
    const auto* new_try = std::get_if<TryStep>(&is.body);
    if (old_try != nullptr && new_try != nullptr) {
      compare_order(is.pointer + "/try", old_try->list, new_try->list);
    }
  }

  static inline const std::map<std::string, Text> deadlines{
      {"due", {"hạn xử lý", "the deadline"}},
      {"expire", {"hạn chót", "the hard end"}},
      {"window", {"thời gian biểu quyết", "the time of voting"}}};

  const Definition& before_;
  const Definition& after_;
  std::vector<DefinitionChange> changes_;
};

}  // namespace

std::vector<DefinitionChange> compare_definitions(const Definition& before,
                                                  const Definition& after) {
  return Comparison(before, after).run();
}

Json encode(const DefinitionChange& change) {
  constexpr const char* whats[] = {"definition", "schedule", "step",     "order",
                                   "deadline",   "role",     "reminder", "escalation"};
  constexpr const char* kinds[] = {"added", "removed", "changed"};
  const auto text = [](const Text& one) { return Json{{"vi", one.vi}, {"en", one.en}}; };
  return {{"what", whats[static_cast<int>(change.what)]},
          {"change", kinds[static_cast<int>(change.kind)]},
          {"pointer", change.pointer},
          {"step", change.step},
          {"before", text(change.before)},
          {"after", text(change.after)},
          {"text", text(change.sentence)}};
}

}  // namespace kyhan
