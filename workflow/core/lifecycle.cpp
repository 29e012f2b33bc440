#include "workflow/core/lifecycle.hpp"

#include "workflow/core/codec.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

/// A larger output is not carried in an event.
constexpr std::size_t output_in_event_bytes_max = 64 * 1024;

class Teller {
 public:
  Teller(const State& before, const Definition& definition)
      : before_(before), definition_(definition) {}

  void operator()(const InstanceStarted& event) {
    instance_ = event.id.text();
    workflow("started", event.at, "startedAt",
             {{"definition",
               {{"name", event.definition.name},
                {"namespace", event.definition.namespace_},
                {"version", event.definition.version}}}});
  }
  void operator()(const InstanceCompleted& event) {
    workflow("completed", event.at, "completedAt", with_output(event.output));
  }
  void operator()(const InstanceFaulted& event) {
    workflow("faulted", event.at, "faultedAt", {{"error", encode(event.error)}});
  }
  void operator()(const InstanceCancelled& event) {
    workflow("cancelled", event.at, "cancelledAt", Json::object());
  }
  void operator()(const InstanceSuspended& event) {
    workflow("suspended", event.at, "suspendedAt", Json::object());
    all_steps("suspended", event.at, "suspendedAt");
  }
  void operator()(const InstanceResumed& event) {
    workflow("resumed", event.at, "resumedAt", Json::object());
    all_steps("resumed", event.at, "resumedAt");
  }
  void operator()(const NodeEntered& event) {
    if (event.extension) return;  // Its steps speak for themselves.
    task("created", event.pointer, event.at, "createdAt", Json::object());
    task("started", event.pointer, event.at, "startedAt", Json::object());
    if (listens(event.step)) {
      workflow("correlation-started", event.at, "startedAt", Json::object());
    }
  }
  void operator()(const StepRan& event) {
    if (event.skipped) return;
    task("created", event.pointer, event.at, "createdAt", Json::object());
    task("started", event.pointer, event.at, "startedAt", Json::object());
    const Node& parent = before_.nodes.at(event.parent);
    const Json& raw = event.slot >= 0 ? parent.input : parent.data;
    task("completed", event.pointer, event.at, "completedAt",
         with_output(event.output ? *event.output : raw));
  }
  void operator()(const StepFaulted& event) {
    task("created", event.pointer, event.at, "createdAt", Json::object());
    task("started", event.pointer, event.at, "startedAt", Json::object());
    task("faulted", event.pointer, event.at, "faultedAt", {{"error", encode(event.error)}});
  }
  void operator()(const NodeExited& event) {
    const Node& node = before_.nodes.at(event.node);
    if (node.extension) return;
    if (event.status == "completed") {
      if (listens(node.step)) correlated(node, event.at);
      task("completed", event.pointer, event.at, "completedAt",
           with_output(event.output ? *event.output : node.data));
    } else if (event.status == "faulted") {
      task("faulted", event.pointer, event.at, "faultedAt",
           {{"error", event.error ? encode(*event.error) : Json()}});
    } else {
      task("cancelled", event.pointer, event.at, "cancelledAt", Json::object());
    }
  }
  void operator()(const RetryScheduled& event) {
    const StepIndex step = before_.nodes.at(event.node).step;
    task("retried", definition_.steps.at(static_cast<std::size_t>(step)).pointer, event.at,
         "retriedAt", Json::object());
  }
  template <class Other>
  void operator()(const Other&) {}

  [[nodiscard]] std::vector<CloudEvent> take() { return std::move(events_); }

 private:
  [[nodiscard]] std::string instance() const {
    return instance_.empty() ? before_.id.text() : instance_;
  }
  [[nodiscard]] std::string name() const {
    return definition_.ref.name + "-" + instance() + "." + definition_.ref.namespace_;
  }
  [[nodiscard]] bool listens(StepIndex step) const {
    return std::holds_alternative<ListenStep>(
        definition_.steps.at(static_cast<std::size_t>(step)).body);
  }
  void correlated(const Node& node, Instant at) {
    Json data = Json::object();
    const auto keys = node.results.find("correlation");
    if (keys != node.results.end() && !keys->empty()) data["correlationKeys"] = *keys;
    workflow("correlation-completed", at, "completedAt", std::move(data));
  }
  /// The output itself, or where it can be read.
  [[nodiscard]] Json with_output(const Json& output) const {
    if (output.dump().size() <= output_in_event_bytes_max) return {{"output", output}};
    return {{"outputUri", "/api/v1/instances/" + instance() + "/history"}};
  }
  void workflow(const char* what, Instant at, const char* when, Json data) {
    data["name"] = name();
    add(std::string("io.serverlessworkflow.workflow.") + what + ".v1", at, when, std::move(data));
  }
  void task(const char* what, const std::string& pointer, Instant at, const char* when, Json data) {
    data["workflow"] = name();
    data["task"] = pointer;
    add(std::string("io.serverlessworkflow.task.") + what + ".v1", at, when, std::move(data));
  }
  /// Of every step that has begun and not ended, outermost first.
  void all_steps(const char* what, Instant at, const char* when) {
    for (const auto& [id, node] : before_.nodes) {
      if (node.step == no_step || node.extension) continue;
      task(what, definition_.steps.at(static_cast<std::size_t>(node.step)).pointer, at, when,
           Json::object());
    }
  }
  void add(std::string type, Instant at, const char* when, Json data) {
    data[when] = to_rfc3339(at);
    events_.push_back({{"specversion", "1.0"},
                       {"id", instance() + "-" + std::to_string(before_.revision + 1) + "-l" +
                                  std::to_string(events_.size())},
                       {"source", "/kyhan/instances/" + instance()},
                       {"type", std::move(type)},
                       {"subject", instance()},
                       {"time", to_rfc3339(at)},
                       {"datacontenttype", "application/json"},
                       {"data", std::move(data)}});
  }

  const State& before_;
  const Definition& definition_;
  std::string instance_;
  std::vector<CloudEvent> events_;
};

}  // namespace

std::vector<CloudEvent> lifecycle_of(const Event& event, const State& before,
                                     const Definition& definition) {
  Teller teller(before, definition);
  std::visit(teller, event);
  return teller.take();
}

}  // namespace kyhan
