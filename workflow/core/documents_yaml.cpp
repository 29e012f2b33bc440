// YAML 1.2 with the core schema's typing, through yaml-cpp's events: no node tree of yaml-cpp's own
// is ever built, because it keeps duplicate keys and follows aliases without end.

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <sstream>

#include "workflow/core/documents_reader.hpp"

namespace kyhan::documents {
namespace {

/// Leaves yaml-cpp's parser from inside an event.
struct Stop {
  Error error;
  Place place;
};

constexpr std::string_view core_tag = "tag:yaml.org,2002:";

bool is_core(std::string_view tag, std::string_view kind) {
  return tag.starts_with(core_tag) && tag.substr(core_tag.size()) == kind;
}

bool all_digits(std::string_view text, std::string_view digits) {
  return !text.empty() && text.find_first_not_of(digits) == std::string_view::npos;
}

std::optional<Json> integer_of(const std::string& text) {
  constexpr std::string_view decimal = "0123456789";
  std::string_view view = text;
  int base = 10;
  const bool sign = !view.empty() && (view[0] == '-' || view[0] == '+');
  if (view.substr(0, 2) == "0o" && all_digits(view.substr(2), "01234567")) {
    base = 8;
  } else if (view.substr(0, 2) == "0x" && all_digits(view.substr(2), "0123456789abcdefABCDEF")) {
    base = 16;
  } else if (!all_digits(view.substr(sign ? 1 : 0), decimal)) {
    return std::nullopt;
  }
  try {
    const auto digits = base == 10 ? text : text.substr(2);
    return Json(static_cast<std::int64_t>(std::stoll(digits, nullptr, base)));
  } catch (const std::out_of_range&) {
    return std::nullopt;  // Too large for 64 bits: tried as a floating-point number next.
  }
}

std::optional<Json> float_of(const std::string& text) {
  // [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
  std::size_t at = 0;
  const auto digits = [&] {
    const auto start = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - start;
  };
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  const auto whole = digits();
  std::size_t fraction = 0;
  if (at < text.size() && text[at] == '.') {
    ++at;
    fraction = digits();
  }
  if (whole == 0 && fraction == 0) return std::nullopt;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (digits() == 0) return std::nullopt;
  }
  if (at != text.size()) return std::nullopt;
  try {
    return Json(std::stod(text));
  } catch (const std::out_of_range&) { return std::nullopt; }
}

bool is_null(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

std::optional<Json> bool_of(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return Json(true);
  if (text == "false" || text == "False" || text == "FALSE") return Json(false);
  return std::nullopt;
}

std::size_t nodes_in(const Json& value) {
  std::size_t nodes = 0;
  std::vector<const Json*> open{&value};
  while (!open.empty()) {
    const auto* node = open.back();
    open.pop_back();
    ++nodes;
    if (!node->is_structured()) continue;
    for (const auto& child : *node) open.push_back(&child);
  }
  return nodes;
}

class Handler : public YAML::EventHandler {
 public:
  explicit Handler(const DocumentLimits& limits) : builder_(limits) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (expects_key()) return key(mark, "null");
    scalar(mark, nullptr, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) fail(mark, "alias");
    if (expects_key()) {
      if (!found->second.is_string()) fail(mark, "key");
      return key(mark, found->second.get<std::string>());
    }
    place(mark);
    check(mark, builder_.count(nodes_in(found->second) - 1, depth_of(found->second)));
    check(mark, builder_.add(found->second));
    added();
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& raw) override {
    auto normal = to_nfc(raw);
    if (!normal) throw Stop{normal.error(), place_of(mark)};
    if (expects_key()) {
      if (anchor != YAML::NullAnchor) anchors_[anchor] = *normal;
      return key(mark, *normal);
    }
    scalar(mark, typed(mark, tag, *normal), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    start(mark, tag, "seq", anchor, Json::array());
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    start(mark, tag, "map", anchor, Json::object());
  }
  void OnMapEnd() override { end(); }

  ParsedDocument take() { return {builder_.take(), std::move(places_)}; }

 private:
  /// One open container: its pointer, and for an object the key whose value comes next.
  struct Frame {
    std::string pointer;
    YAML::anchor_t anchor;
    bool is_object;
    bool has_key = false;
    std::string child;  ///< Pointer of the value that comes next.
    std::size_t index = 0;
  };

  static Place place_of(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

  [[noreturn]] static void fail(const YAML::Mark& mark, const std::string& why) {
    throw Stop{bad_syntax("yaml-syntax", place_of(mark), why), place_of(mark)};
  }
  static void check(const YAML::Mark& mark, std::optional<Error> error) {
    if (error) throw Stop{*std::move(error), place_of(mark)};
  }

  [[nodiscard]] bool expects_key() const {
    return !frames_.empty() && frames_.back().is_object && !frames_.back().has_key;
  }

  void key(const YAML::Mark& mark, const std::string& name) {
    check(mark, builder_.key(name));
    auto& frame = frames_.back();
    frame.has_key = true;
    frame.child = frame.pointer + "/" + escape_token(name);
    places_[frame.child] = place_of(mark);
  }

  /// Notes where the value that comes now starts; the place of a key was noted with the key.
  std::string place(const YAML::Mark& mark) {
    if (frames_.empty()) {
      places_[""] = place_of(mark);
      return "";
    }
    auto& frame = frames_.back();
    if (frame.is_object) return frame.child;
    const auto pointer = frame.pointer + "/" + std::to_string(frame.index++);
    places_[pointer] = place_of(mark);
    return pointer;
  }

  void added() {
    if (!frames_.empty()) frames_.back().has_key = false;
  }

  void scalar(const YAML::Mark& mark, Json value, YAML::anchor_t anchor) {
    place(mark);
    if (anchor != YAML::NullAnchor) anchors_[anchor] = value;
    check(mark, builder_.add(std::move(value)));
    added();
  }

  void start(const YAML::Mark& mark, const std::string& tag, const std::string& kind,
             YAML::anchor_t anchor, Json empty) {
    if (expects_key()) fail(mark, "key");
    if (!tag.empty() && tag != "?" && tag != "!" && !is_core(tag, kind)) {
      fail(mark, tag);
    }
    const auto pointer = place(mark);
    const bool is_object = empty.is_object();
    check(mark, builder_.open(std::move(empty)));
    frames_.push_back({pointer, anchor, is_object, false, "", 0});
  }

  void end() {
    if (frames_.back().anchor != YAML::NullAnchor) {
      // The copy counts too: anchors within anchors would otherwise keep copies of copies.
      check({}, builder_.count(nodes_in(builder_.top()), 0));
      anchors_[frames_.back().anchor] = builder_.top();
    }
    frames_.pop_back();
    builder_.close();
    added();
  }

  static Json typed(const YAML::Mark& mark, const std::string& tag, const std::string& text) {
    if (tag == "!" || is_core(tag, "str")) return text;
    const bool plain = tag.empty() || tag == "?";
    const auto wants = [&](std::string_view kind) {
      return plain || is_core(tag, kind);
    };
    if (wants("null") && is_null(text)) return nullptr;
    if (wants("bool")) {
      if (auto value = bool_of(text)) return *value;
    }
    if (wants("int")) {
      if (auto value = integer_of(text)) return *value;
    }
    if (wants("float")) {
      if (auto value = float_of(text)) return *value;
    }
    if (!plain) fail(mark, tag);
    return text;
  }

  Builder builder_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Json> anchors_;
  std::map<std::string, Place> places_;
};

/// Refuses a second document in the same text.
class NoMore : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    const Place place{mark.line + 1, mark.column + 1};
    throw Stop{bad_syntax("yaml-syntax", place, "---"), place};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

}  // namespace

Result<ParsedDocument> read_yaml(std::string_view text, const DocumentLimits& limits,
                                 Place* failed_at) {
  Place failed;
  std::optional<Error> error;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    Handler handler(limits);
    if (parser.HandleNextDocument(handler)) {
      NoMore no_more;
      parser.HandleNextDocument(no_more);
      return handler.take();
    }
    failed = {1, 1};
    error = bad_syntax("yaml-syntax", failed, "");
  } catch (const Stop& stop) {
    failed = stop.place;
    error = stop.error;
  } catch (const YAML::Exception& fault) {
    failed = {fault.mark.line + 1, fault.mark.column + 1};
    error = bad_syntax("yaml-syntax", failed, fault.msg);
  }
  if (failed_at != nullptr) *failed_at = failed;
  return *error;
}

}  // namespace kyhan::documents
