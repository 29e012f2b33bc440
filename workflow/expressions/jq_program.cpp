#include "workflow/expressions/jq_program.hpp"

#include <csetjmp>
#include <cstdlib>

#include "workflow/expressions/allocation.hpp"
#include "workflow/expressions/big_stack.hpp"
#include "workflow/expressions/conversion.hpp"

namespace kyhan {
namespace {

constexpr std::size_t input_depth_max = 256;
constexpr std::ptrdiff_t compile_bytes_max = std::ptrdiff_t{512} * 1024 * 1024;
constexpr const char* no_such_module = "kyhan-none";

std::string first_line(std::string text) {
  if (const auto end = text.find('\n'); end != std::string::npos) text.resize(end);
  return text;
}

void cut_out(std::string& text, std::string_view part) {
  if (const auto at = text.find(part); at != std::string::npos) text.erase(at, part.size());
}

// "jq: error: f/0 is not defined at <top-level>, line 3:" without what a reader does not need.
CompileMessage read_message(const std::string& raw) {
  CompileMessage message{0, first_line(raw)};
  constexpr std::string_view place = " at <top-level>, line ";
  if (const auto at = message.text.find(place); at != std::string::npos) {
    message.line = std::atoi(message.text.c_str() + at + place.size());
    message.text.resize(at);
  }
  cut_out(message.text, "jq: error: ");
  cut_out(message.text, " (Unix shell quoting issues?)");
  return message;
}

struct Compilation {
  const char* text;
  jq_state* jq = nullptr;
  bool done = false;
  std::vector<CompileMessage>* messages;
  containment::Cell cell{};
};

void take_message(void* data, jv raw) {
  auto& compilation = *static_cast<Compilation*>(data);
  if (::jv_get_kind(raw) == JV_KIND_STRING) {
    CompileMessage message = read_message(::jv_string_value(raw));
    const bool is_count = message.text.find(" compile error") != std::string::npos;
    if (!is_count && message.text.find(no_such_module) == std::string::npos) {
      compilation.messages->push_back(std::move(message));
    }
  }
  ::jv_free(raw);
}

/// Not inlined: a function that is jumped back into must hold no object of its own.
[[gnu::noinline]] void say_too_large(Compilation& compilation) {
  compilation.messages->push_back({0, "the expressions are too large for jq"});
}

void compile_here(void* data) {
  auto& compilation = *static_cast<Compilation*>(data);
  if (::_setjmp(compilation.cell.escape) != 0) {
    compilation.jq = nullptr;  // Abandoned: libjq was left in the middle of something.
    compilation.done = false;
    say_too_large(compilation);
    return;
  }
  containment::enter(&compilation.cell);
  compilation.jq = ::jq_init();
  ::jq_set_error_cb(compilation.jq, take_message, &compilation);
  // Without these attributes libjq fails an assertion when it looks for a module.
  ::jq_set_attr(compilation.jq, ::jv_string("JQ_LIBRARY_PATH"), ::jv_array());
  ::jq_set_attr(compilation.jq, ::jv_string("JQ_ORIGIN"), ::jv_string("/nonexistent"));
  ::jq_set_attr(compilation.jq, ::jv_string("PROGRAM_ORIGIN"), ::jv_string("/nonexistent"));
  compilation.done = ::jq_compile(compilation.jq, compilation.text) != 0;
  ::jq_set_error_cb(compilation.jq, nullptr, nullptr);
  if (!compilation.done) ::jq_teardown(&compilation.jq);
  containment::enter(nullptr);
}

void compile_contained(Compilation& compilation) {
  compilation.cell.limit = compile_bytes_max;
  compilation.cell.hard_limit = compile_bytes_max;
  run_on_big_stack(compile_here, &compilation);
}

struct Evaluation {
  jq_state* jq;
  HaltSwitch* halt_switch;
  Watchdog* watchdog;
  const JqLimits* limits;
  int which;
  const Json* input;
  const std::vector<const Json*>* values;
  Measure measure{};
  Fits fits = Fits::yes;
  HaltSwitch::Reason stopped = HaltSwitch::Reason::none;
  bool abandoned = false;
  bool out_of_memory = false;  // Ours, while the result was converted.
  containment::Cell cell{};
  JqOutcome outcome{};
};

jv arguments_of(const Evaluation& evaluation) {
  jv values = ::jv_array();
  for (const Json* value : *evaluation.values) {
    values = ::jv_array_append(values, value == nullptr ? ::jv_null() : to_jv(*value));
  }
  jv arguments = ::jv_array_append(::jv_array(), ::jv_number(evaluation.which));
  arguments = ::jv_array_append(arguments, to_jv(*evaluation.input));
  return ::jv_array_append(arguments, values);
}

void stop_for_memory(void* halt_switch) {
  static_cast<HaltSwitch*>(halt_switch)->halt(HaltSwitch::Reason::memory);
}

// Owns nothing but the jv: take_result may not be jumped out of.
void take_result(Evaluation& evaluation, jv result) {
  try {
    if (::jv_is_valid(result)) {
      evaluation.fits = from_jv(result, evaluation.outcome.value, evaluation.measure);
      ::jv_free(result);
      return;
    }
    jv message = ::jv_invalid_get_msg(result);
    if (::jv_get_kind(message) == JV_KIND_STRING) {
      evaluation.outcome.fault = first_line(::jv_string_value(message));
      if (evaluation.outcome.fault.empty()) evaluation.outcome.fault = "error";
    } else if (::jv_get_kind(message) != JV_KIND_NULL) {
      Json value;
      Measure measure{300, 10};
      evaluation.outcome.fault = from_jv(message, value, measure) == Fits::yes
                                     ? value.dump()
                                     : "an error that is not a string";
    }
    ::jv_free(message);
  } catch (const std::bad_alloc&) { evaluation.out_of_memory = true; }
}

void evaluate_here(void* data) {
  auto& evaluation = *static_cast<Evaluation*>(data);
  if (::_setjmp(evaluation.cell.escape) != 0) {
    evaluation.stopped = evaluation.halt_switch->end();
    evaluation.abandoned = true;
    return;
  }
  containment::enter(&evaluation.cell);
  ::jq_start(evaluation.jq, arguments_of(evaluation), 0);
  evaluation.halt_switch->begin(evaluation.jq, evaluation.limits->time);
  evaluation.watchdog->wake();
  if (evaluation.cell.limit_passed) {
    evaluation.halt_switch->halt(HaltSwitch::Reason::memory);
  } else {
    evaluation.cell.on_limit = stop_for_memory;
    evaluation.cell.context = evaluation.halt_switch;
  }
  const jv result = ::jq_next(evaluation.jq);
  evaluation.stopped = evaluation.halt_switch->end();
  evaluation.cell.on_limit = nullptr;
  take_result(evaluation, result);
  if (evaluation.stopped == HaltSwitch::Reason::none) {
    ::jq_start(evaluation.jq, ::jv_null(), 0);  // Lets go of everything the run still holds.
  } else {
    ::jq_teardown(&evaluation.jq);
  }
  containment::enter(nullptr);
}

std::string limit_fault(const Evaluation& evaluation) {
  const JqLimits& limits = *evaluation.limits;
  const auto memory = "the limit of memory (" +
                      std::to_string(limits.memory_bytes / (1024 * 1024)) + " MiB) was reached";
  if (evaluation.stopped == HaltSwitch::Reason::time) {
    return "the limit of time (" + std::to_string(limits.time.count()) + " ms) was reached";
  }
  if (evaluation.stopped == HaltSwitch::Reason::memory || evaluation.out_of_memory) return memory;
  if (evaluation.abandoned) {
    return evaluation.cell.reason == containment::Escape::assertion
               ? "jq failed on a value it cannot handle"
               : memory;
  }
  if (evaluation.fits == Fits::too_large) {
    return "the limit of size of a result (" + std::to_string(limits.result_bytes_max / 1024) +
           " KiB) was reached";
  }
  if (evaluation.fits == Fits::too_deep) {
    return "the limit of depth of a result (" + std::to_string(limits.depth_max) +
           " levels) was reached";
  }
  return {};
}

void tear_down(void* jq) {
  auto* state = static_cast<jq_state*>(jq);
  ::jq_teardown(&state);
}

}  // namespace

JqProgram::JqProgram(jq_state* jq, std::shared_ptr<Watchdog> watchdog)
    : jq_(jq), watchdog_(std::move(watchdog)) {
  watchdog_->watch(&switch_);
}

JqProgram::~JqProgram() {
  watchdog_->forget(&switch_);
  if (jq_ != nullptr) run_on_big_stack(tear_down, jq_);
}

std::unique_ptr<JqProgram> JqProgram::compile(const std::string& text,
                                              std::shared_ptr<Watchdog> watchdog,
                                              std::vector<CompileMessage>& messages) {
  Compilation compilation{.text = text.c_str(), .messages = &messages};
  compile_contained(compilation);
  if (!compilation.done) {
    if (messages.empty()) messages.push_back({0, "jq could not compile the expressions"});
    return nullptr;
  }
  return std::unique_ptr<JqProgram>(new JqProgram(compilation.jq, std::move(watchdog)));
}

JqOutcome JqProgram::evaluate(int which, const Json& input, const std::vector<const Json*>& values,
                              const JqLimits& limits) {
  JqOutcome refused;
  bool shallow = within_depth(input, input_depth_max);
  for (const Json* value : values) {
    shallow = shallow && (value == nullptr || within_depth(*value, input_depth_max));
  }
  if (!shallow) {
    refused.fault = "the limit of depth of an input (" + std::to_string(input_depth_max) +
                    " levels) was reached";
    return refused;
  }
  Evaluation evaluation{.jq = jq_,
                        .halt_switch = &switch_,
                        .watchdog = watchdog_.get(),
                        .limits = &limits,
                        .which = which,
                        .input = &input,
                        .values = &values};
  evaluation.measure = {static_cast<std::int64_t>(limits.result_bytes_max), limits.depth_max};
  evaluation.cell.limit = static_cast<std::ptrdiff_t>(limits.memory_bytes);
  evaluation.cell.hard_limit = 2 * evaluation.cell.limit;
  run_on_big_stack(evaluate_here, &evaluation);
  evaluation.outcome.usable =
      !evaluation.abandoned && evaluation.stopped == HaltSwitch::Reason::none;
  if (!evaluation.outcome.usable) {
    jq_ = nullptr;
    shrink_big_stack();
  }
  if (std::string limit = limit_fault(evaluation); !limit.empty()) {
    evaluation.outcome.fault = std::move(limit);
  }
  return std::move(evaluation.outcome);
}

std::vector<CompileMessage> syntax_messages(const std::string& text) {
  // A module that does not exist makes libjq give up after parsing.
  const std::string program =
      "import \"" + std::string(no_such_module) + "\" as kyhan_none; " + text;
  std::vector<CompileMessage> messages;
  Compilation compilation{.text = program.c_str(), .messages = &messages};
  compile_contained(compilation);
  if (compilation.jq != nullptr) run_on_big_stack(tear_down, compilation.jq);
  return messages;
}

}  // namespace kyhan
