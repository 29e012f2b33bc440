#include "workflow/core/form_references.hpp"

namespace kyhan {
namespace {

FieldError nobody(const std::string& pointer, const std::string& id) {
  return {pointer,
          "unknown-person",
          {"Không có người nào mang mã \"" + id + "\"; hãy chọn trong danh sách.",
           "There is no person \"" + id + "\"; choose from the list."}};
}

FieldError nowhere(const std::string& pointer, const std::string& id) {
  return {pointer,
          "unknown-unit",
          {"Không có đơn vị nào mang mã \"" + id + "\"; hãy chọn trong danh sách.",
           "There is no unit \"" + id + "\"; choose from the list."}};
}

class References {
 public:
  explicit References(const Directory& directory) : directory_(directory) {}

  /// `hints` is {field: hint}, `value` what stands there.
  void fields(const Json& hints, const Json& value, const std::string& pointer) {
    if (!hints.is_object() || !value.is_object()) return;
    for (const auto& [field, hint] : hints.items()) {
      const auto found = value.find(field);
      if (found != value.end() && hint.is_object()) one(hint, *found, pointer + "/" + field);
    }
  }
  [[nodiscard]] std::vector<FieldError> faults() { return std::move(faults_); }

 private:
  void one(const Json& hint, const Json& value, const std::string& pointer) {
    if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        const std::string at = pointer + "/" + std::to_string(i);
        one(hint, value[i], at);
        if (hint.contains("items")) fields(hint.at("items"), value[i], at);
      }
      return;
    }
    if (!value.is_string() || value.get_ref<const std::string&>().empty()) return;
    const auto& id = value.get_ref<const std::string&>();
    const Json widget = hint.value("widget", Json());
    if (widget == "person" && directory_.find_person(PersonId{id}) == nullptr) {
      faults_.push_back(nobody(pointer, id));
    } else if (widget == "unit" && directory_.find_unit(UnitId{id}) == nullptr) {
      faults_.push_back(nowhere(pointer, id));
    }
  }

  const Directory& directory_;
  std::vector<FieldError> faults_;
};

}  // namespace

std::vector<FieldError> check_references(const Json& form, const Json& data,
                                         const Directory& directory) {
  References references{directory};
  const auto hints = form.is_object() ? form.find("ui") : form.end();
  if (form.is_object() && hints != form.end()) references.fields(*hints, data, "");
  return references.faults();
}

}  // namespace kyhan
