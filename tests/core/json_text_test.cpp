#include "workflow/core/json_text.hpp"

#include <catch2/catch.hpp>

#include "workflow/core/codec.hpp"

namespace kyhan {
namespace {

TEST_CASE("JSON text is what the JSON library would write") {
  const char* const texts[] = {
      "null",
      "true",
      "[]",
      "{}",
      "[1,-2,3.5,1e300,18446744073709551615,-9223372036854775808]",
      R"({"a":[{"b":"Sở Nội vụ – “trình” 🗂"},{}],"c":{"d":null},"":""})",
      R"(["\" \\ \/ \b \f \n \r \t \u0000 \u001f \u007f \u0080 \uffff"])"};
  for (const char* text : texts) {
    const Json value = Json::parse(text);
    CHECK(json_text(value) == value.dump());
  }
}

TEST_CASE("Every byte sequence that is not UTF-8 is refused, as the JSON library refuses it") {
  // All pairs and the edges of longer ones, before a letter and at the end.
  std::vector<std::string> texts;
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string pair{static_cast<char>(first), static_cast<char>(second)};
      texts.insert(texts.end(), {pair, pair + "\x80", pair + "\x80\xBF", pair + "\xBFz"});
    }
  }
  int differences = 0;
  for (const std::string& text : texts) {
    const Json value = text;
    std::string expected = "refused";
    try {
      expected = value.dump();
    } catch (const Json::exception&) {}
    std::string written = "refused";
    try {
      written = json_text(value);
    } catch (const std::invalid_argument&) {}
    differences += written != expected;
  }
  CHECK(differences == 0);
}

TEST_CASE("The text of a fact says what its JSON says, empty members left out") {
  StepRan ran;
  ran.pointer = "/do/0/\"a\"";
  ran.output = Json(nullptr);
  ran.next = -1;
  NodeEntered entered;
  entered.spec = {{"title", "Duyệt"}};
  entered.wake_at = Instant{Milliseconds{1'772'413'200'000}};
  TaskOpened opened;
  opened.task.id = TaskId{"i.1"};
  opened.task.candidates.emplace_back();
  opened.task.candidates.back().user = PersonId{"an"};
  opened.task.excluded = {PersonId{"ba"}};
  opened.task.moments = {{Instant{}, "reminder", 1, 2}};
  opened.title = {"Soạn", "Draft"};
  InstanceStarted started;
  started.definition = {"vn", "x", "1.0.0"};
  started.raw = Json::array({1, "a"});
  TaskEscalated escalated;
  escalated.candidates.emplace();
  StepFaulted faulted;
  faulted.error = {"type", 408, "title", "detail", "/do", {{"more", 1}}};
  const std::vector<Event> events = {ran,       entered, opened,    started,
                                     escalated, faulted, StepRan{}, InstanceCompleted{}};
  for (const Event& event : events) {
    INFO(encode(event).dump());
    CHECK(Json::parse(encode_text(event)) == encode(event));
  }
  CHECK(Json::parse(encode_text(opened.task)) == encode(opened.task));
}

TEST_CASE("The text of a state says what its JSON says") {
  State state;
  CHECK(Json::parse(encode_state_text(state)) == encode_state(state));
  state.id = InstanceId{"i"};
  state.nodes[0].raw = {{"a", 1}};
  state.nodes[3].responses.emplace_back().by = PersonId{"an"};
  state.tasks[TaskId{"i.1"}].state = TaskState::claimed;
  state.performers["/do/0/a"] = {PersonId{"an"}, PersonId{"ba"}};
  state.error = WorkflowError{};
  CHECK(Json::parse(encode_state_text(state)) == encode_state(state));
}

}  // namespace
}  // namespace kyhan
