// All calendars together: documents made of layers, each read once what it extends is.

#include <algorithm>

#include "workflow/core/calendar_data.hpp"

namespace kyhan {
namespace {

class CalendarSet final : public Calendars {
 public:
  [[nodiscard]] const Calendar* find(const std::string& id) const override {
    const auto found = calendars.find(id);
    return found == calendars.end() ? nullptr : found->second.get();
  }
  [[nodiscard]] const Calendar* find_of_unit(const UnitId& unit) const override {
    const auto found = of_units.find(unit);
    return found == of_units.end() ? nullptr : calendars.at(found->second).get();
  }
  [[nodiscard]] const Calendar& built_in() const override { return *calendars.at("vn"); }

  std::map<std::string, std::shared_ptr<const Calendar>> calendars;
  std::map<UnitId, std::string> of_units;  ///< Ids of calendars.
};

std::string text_of(const Json& file, const char* key) {
  const bool there = file.is_object() && file.contains(key) && file[key].is_string();
  return there ? file[key].get<std::string>() : std::string{};
}

/// A document on its way into the set.
struct Document {
  std::string pointer;  ///< "/<index>"
  std::string id;
  std::vector<Json> layers;
  bool layered = false;
  [[nodiscard]] std::string pointer_of(std::size_t layer) const {
    return layered ? pointer + "/layers/" + std::to_string(layer) : pointer;
  }
  [[nodiscard]] bool extends(const std::string& other) const {
    return other != id && std::ranges::any_of(layers, [&](const Json& layer) {
             return text_of(layer, "parent") == other;
           });
  }
};

class Assembly {
 public:
  explicit Assembly(const std::vector<Json>& documents) {
    set_->calendars["vn"] = parse_calendar(Json::parse(built_in_calendar_text), nullptr).value();
    for (std::size_t i = 0; i < documents.size(); ++i) take(documents[i], i);
    // What extends the built-in one means it as it stands at last.
    std::ranges::stable_partition(waiting_, [](const Document& one) { return one.id == "vn"; });
  }

  Result<std::shared_ptr<const Calendars>> run() {
    while (!waiting_.empty()) {
      const auto next = std::ranges::find_if(waiting_, [&](const Document& one) {
        return std::ranges::none_of(waiting_,
                                    [&](const Document& other) { return one.extends(other.id); });
      });
      if (next == waiting_.end()) {
        for (const Document& one : waiting_) {
          fault(one.pointer_of(0) + "/parent", "cycle",
                {"Các lịch kế thừa lẫn nhau thành vòng.",
                 "The calendars extend each other in a circle."});
        }
        break;
      }
      const Document document = std::move(*next);
      waiting_.erase(next);
      read(document);
    }
    if (faults_.empty()) return std::shared_ptr<const Calendars>(set_);
    return Error{ErrorCode::invalid, "bad-calendar",
                 Text{"Tệp lịch có chỗ sai: " + faults_.front().message.vi,
                      "The calendar files have faults: " + faults_.front().message.en},
                 std::move(faults_)};
  }

 private:
  void fault(std::string pointer, std::string code, Text message) {
    faults_.push_back({std::move(pointer), std::move(code), std::move(message)});
  }

  void take(const Json& json, std::size_t index) {
    Document document{"/" + std::to_string(index), text_of(json, "id"), layers_of(json),
                      json.is_object() && json.contains("layers")};
    if (document.layered) {
      for (const auto& [key, value] : json.items()) {
        if (key == "id" || key == "layers") continue;
        fault(document.pointer + "/" + key, "unknown-field",
              {"Bên cạnh layers chỉ có id.", "There is only an id beside layers."});
      }
      if (document.layers.empty()) {
        fault(document.pointer + "/layers", "type",
              {"layers là danh sách các tệp lịch.", "layers is a list of calendar files."});
        return;
      }
      for (std::size_t i = 0; i < document.layers.size(); ++i) {
        const bool after_first = i > 0 && text_of(document.layers[i], "parent") != document.id;
        if (text_of(document.layers[i], "id") != document.id || after_first) {
          fault(document.pointer_of(i), "layer",
                {"Mỗi lớp có cùng id; từ lớp thứ hai, parent là chính id đó.",
                 "Every layer has the same id; from the second on it is also the parent."});
        }
      }
    }
    if (!document.id.empty() && !ids_.insert(document.id).second) {
      return fault(document.pointer + "/id", "duplicate",
                   {"Mã lịch “" + document.id + "” đã dùng ở tệp khác.",
                    "Another file has the calendar id “" + document.id + "”."});
    }
    waiting_.push_back(std::move(document));
  }

  void read(const Document& document) {
    for (std::size_t i = 0; i < document.layers.size(); ++i) {
      auto calendar = parse_calendar(document.layers[i], set_.get());
      if (calendar.has_error()) {
        for (const FieldError& field : calendar.error().fields) {
          fault(document.pointer_of(i) + field.pointer, field.code, field.message);
        }
        continue;
      }
      const std::string id = (*calendar)->id();
      const UnitId& unit = periods_of(**calendar)->back().data.unit;
      if (!unit.empty() && set_->of_units.emplace(unit, id).first->second != id) {
        fault(document.pointer_of(i) + "/unit", "duplicate",
              {"Đơn vị “" + unit.text() + "” đã có lịch riêng ở tệp khác.",
               "Another file is the calendar of the unit “" + unit.text() + "”."});
      }
      set_->calendars[id] = std::move(*calendar);
    }
  }

  const std::shared_ptr<CalendarSet> set_ = std::make_shared<CalendarSet>();
  std::vector<Document> waiting_;
  std::set<std::string> ids_;
  std::vector<FieldError> faults_;
};

}  // namespace

Result<std::shared_ptr<const Calendars>> make_calendars(const std::vector<Json>& documents) {
  return Assembly{documents}.run();
}

std::vector<Json> layers_of(const Json& document) {
  if (!document.is_object() || !document.contains("layers")) return {document};
  const Json& layers = document["layers"];
  return layers.is_array() ? std::vector<Json>(layers.begin(), layers.end()) : std::vector<Json>{};
}

Json with_layer(const Json& document, const Json& layer) {
  if (document.is_null()) return layer;
  Json layers = Json::array();
  for (Json& one : layers_of(document)) layers.push_back(std::move(one));
  layers.push_back(layer);
  return {{"id", text_of(document, "id")}, {"layers", std::move(layers)}};
}

bool extends_itself(const Json& file) {
  const std::string id = text_of(file, "id");
  return !id.empty() && text_of(file, "parent") == id;
}

Json built_in_calendar_document() {
  return Json::parse(built_in_calendar_text);
}

}  // namespace kyhan
