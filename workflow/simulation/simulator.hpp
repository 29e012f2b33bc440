#pragma once
/// One instance, with the sub-workflows it runs, played to its end in memory on a virtual clock:
/// `kyhan run`, and the scenario tests of the definitions. The same decide() as the server; waits
/// take no time.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "workflow/core/calls.hpp"
#include "workflow/core/decide.hpp"

namespace kyhan {

/// One entry of an answers file (design: `--answers`).
struct PlannedAnswer {
  std::string task;  ///< Name or pointer of the step.
  PersonId by;
  /// complete | claim | release | start | delegate | reassign | requestInfo | provideInfo |
  /// addSigner | removeSigner | recall | withdraw | comment
  std::string action = "complete";
  std::string outcome;
  std::string comment;  ///< With the other actions: reason, question, answer.
  PersonId to;          ///< delegate, reassign, requestInfo, addSigner: whom.
  bool signs = false;   ///< Gives the password again.
  Json data;
  std::vector<Attachment> attachments;
  UnitId unit;     ///< Which unit's item, where there are several.
  Duration after;  ///< After the opening of the task.
};

/// Whether every answer must say who gives it: in a rehearsal whoever can does.
enum class WhoAnswers { is_named, may_be_open };

/// All faults at once, pointers into the file.
[[nodiscard]] Result<std::vector<PlannedAnswer>> parse_answers(
    const Json& file, WhoAnswers who = WhoAnswers::is_named);

struct Simulation {
  Program program;
  std::vector<Program> others;  ///< That it may run as sub-workflows; of equal names the last one.
  std::shared_ptr<const Directory> directory;
  std::shared_ptr<const Calendars> calendars;
  Json input;
  UnitId unit;
  PersonId initiator;
  Instant from;
  std::vector<PlannedAnswer> answers;
  std::vector<CloudEvent> events;
  std::shared_ptr<const Secrets> secrets;
  /// Makes the calls to other systems; null: nobody does, the instance waits for them.
  Calls* calls = nullptr;
  /// Called before the clock moves; `kyhan run --real-time` sleeps here.
  std::function<void(Instant from, Instant to)> before_clock_moves;
  bool keeps_trace = true;    ///< Lifecycle events, of sub-workflows too.
  bool keeps_journal = true;  ///< Of the instance itself.
};

struct RefusedAnswer {
  std::size_t answer;
  Error error;
};

struct SimulationResult {
  State state;
  std::vector<State> others;  ///< Sub-workflows, in the order of their starts.
  std::vector<RefusedAnswer> refused;
  std::vector<std::size_t> unused;
  std::vector<CloudEvent> trace;      ///< Lifecycle events, in order.
  std::vector<CloudEvent> published;  ///< What would have gone to the broker.
  std::vector<Event> journal;
};

/// Plays until the instance ends, or until nothing left can change the outcome.
[[nodiscard]] SimulationResult simulate(const Simulation& simulation);

}  // namespace kyhan
