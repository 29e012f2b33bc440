/// Turns the expressions of a definition into native ones and one libjq program.
///
/// The program is `. as [$which, $in, $values] | $in | (a balanced tree of ifs on $which)`, each
/// leaf being one expression with its own variables bound. One compile serves them all, and the
/// lines of jq's messages tell which expression is meant.

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "workflow/expressions/conversion.hpp"
#include "workflow/expressions/jq.hpp"
#include "workflow/expressions/jq_program.hpp"
#include "workflow/expressions/lexical.hpp"
#include "workflow/expressions/native.hpp"

namespace kyhan {
namespace {

constexpr std::size_t program_bytes_max = 64 * 1024;
constexpr std::size_t message_bytes_max = 300;

// Cut at a whole character: what jq says may quote a document of any size.
std::string shortened(std::string text) {
  if (text.size() <= message_bytes_max) return text;
  std::size_t end = message_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text + "...";
}

struct ProgramText {
  std::string text;
  std::vector<std::pair<int, int>> lines;  // Of each expression, first and last.
};

class ProgramWriter {
 public:
  explicit ProgramWriter(const std::vector<ExpressionSource>& sources) : sources_(sources) {
    program_.lines.resize(sources.size());
  }

  ProgramText write() {
    append(prelude());
    append("\n. as [$__kyhan_which, $__kyhan_in, $__kyhan_values, $ENV] | $__kyhan_in |\n");
    if (sources_.empty()) {
      append(".");
    } else {
      branch(0, sources_.size());
    }
    return std::move(program_);
  }

 private:
  void append(std::string_view text) {
    program_.text += text;
    line_ += static_cast<int>(std::ranges::count(text, '\n'));
  }

  void branch(std::size_t first, std::size_t end) {
    if (end - first == 1) return leaf(first);
    const std::size_t middle = first + (end - first) / 2;
    append("if $__kyhan_which < " + std::to_string(middle) + " then\n");
    branch(first, middle);
    append("else\n");
    branch(middle, end);
    append("end\n");
  }

  void leaf(std::size_t index) {
    const ExpressionSource& source = sources_[index];
    const int first = line_;
    append("(");
    if (!source.variables.empty()) {
      append("$__kyhan_values as [");
      for (std::size_t i = 0; i < source.variables.size(); ++i) {
        append((i == 0 ? "$" : ", $") + source.variables[i]);
      }
      append("] | ");
    }
    append("(\n");
    append(source.program);
    append("\n))\n");
    program_.lines[index] = {first, line_ - 1};
  }

  const std::vector<ExpressionSource>& sources_;
  ProgramText program_;
  int line_ = 1;
};

// The states of one definition's program: made when needed, shared by the calling threads.
class StatePool {
 public:
  StatePool(std::string text, std::shared_ptr<Watchdog> watchdog, std::size_t states_max)
      : text_(std::move(text)), watchdog_(std::move(watchdog)), states_max_(states_max) {}

  void put_first(std::unique_ptr<JqProgram> one) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(one));
    ++made_;
  }

  /// Null only if libjq cannot compile what it compiled before.
  std::unique_ptr<JqProgram> take() {
    std::unique_lock lock(mutex_);
    // Waiting for another evaluation costs microseconds, another state milliseconds.
    const auto ready = [&] { return !idle_.empty() || made_ == 0; };
    if (made_ < states_max_) {
      returned_.wait_for(lock, std::chrono::milliseconds(20), ready);
    } else {
      returned_.wait(lock, ready);
    }
    if (!idle_.empty()) {
      auto one = std::move(idle_.back());
      idle_.pop_back();
      return one;
    }
    ++made_;
    lock.unlock();
    std::vector<CompileMessage> messages;
    auto one = JqProgram::compile(text_, watchdog_, messages);
    if (one == nullptr) lost();
    return one;
  }

  void give_back(std::unique_ptr<JqProgram> one) {
    {
      const std::lock_guard lock(mutex_);
      idle_.push_back(std::move(one));
    }
    returned_.notify_one();
  }

  void lost() {
    {
      const std::lock_guard lock(mutex_);
      --made_;
    }
    returned_.notify_one();
  }

 private:
  const std::string text_;
  const std::shared_ptr<Watchdog> watchdog_;
  const std::size_t states_max_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<JqProgram>> idle_;
  std::size_t made_ = 0;
};

Error failure(const std::string& message) {
  const std::string text = shortened(message);
  return {ErrorCode::invalid,
          "expression-failed",
          {"Không tính được biểu thức: " + text + ".", "The expression failed: " + text + "."}};
}

// Json converts from almost anything, so Result<Json> must be told which of its sides is meant.
Result<Json> value_of(Json& value) {
  return Result<Json>(boost::system::in_place_value, std::move(value));
}

class JqExpressions : public Expressions {
 public:
  JqExpressions(std::vector<std::vector<std::string>> variables,
                std::vector<std::unique_ptr<const NativeExpression>> native, JqLimits limits,
                std::unique_ptr<StatePool> pool)
      : variables_(std::move(variables)),
        native_(std::move(native)),
        limits_(limits),
        pool_(std::move(pool)) {}

  Result<Json> evaluate(ExpressionId id, const Json& input,
                        const std::vector<Binding>& bindings) const override {
    const auto which = static_cast<std::size_t>(id);
    if (id == ExpressionId::none || which >= variables_.size()) {
      return failure("there is no such expression");
    }
    try {
      std::vector<const Json*> values;
      values.reserve(variables_[which].size());
      for (const std::string& name : variables_[which]) {
        const auto found = std::ranges::find(bindings, name, &Binding::name);
        values.push_back(found == bindings.end() ? nullptr : found->value);
      }
      if (native_[which] != nullptr) {
        NativeOutcome outcome = native_[which]->evaluate(input, values);
        if (outcome.status == NativeStatus::value) {
          Measure measure{static_cast<std::int64_t>(limits_.result_bytes_max), limits_.depth_max};
          if (settle(outcome.value, measure) == Fits::yes) return value_of(outcome.value);
        } else if (outcome.status == NativeStatus::fault) {
          return failure(outcome.fault);
        }
      }
      return in_libjq(which, input, values);
    } catch (const std::bad_alloc&) { return failure("the limit of memory was reached"); }
  }

 private:
  Result<Json> in_libjq(std::size_t which, const Json& input,
                        const std::vector<const Json*>& values) const {
    auto program = pool_->take();
    if (program == nullptr) return failure("jq could not compile it again");
    JqOutcome outcome = program->evaluate(static_cast<int>(which), input, values, limits_);
    if (outcome.usable) {
      pool_->give_back(std::move(program));
    } else {
      program.reset();
      pool_->lost();
    }
    if (!outcome.fault.empty()) return failure(outcome.fault);
    return value_of(outcome.value);
  }

  const std::vector<std::vector<std::string>> variables_;
  const std::vector<std::unique_ptr<const NativeExpression>> native_;
  const JqLimits limits_;
  const std::unique_ptr<StatePool> pool_;
};

// Where a fault of an assembled template belongs: the leaf that speaks of `what`.
std::string pointer_of(const ExpressionSource& source, std::string_view message) {
  const std::string_view name = message.substr(0, message.find_first_of("/ "));
  for (const auto& [pointer, text] : source.leaves) {
    if (!name.empty() && text.find(name) != std::string::npos) return pointer;
  }
  return source.pointer;
}

class JqCompiler : public ExpressionCompiler {
 public:
  explicit JqCompiler(JqLimits limits) : limits_(limits), watchdog_(std::make_shared<Watchdog>()) {}

  std::vector<ExpressionFault> check_syntax(
      const std::vector<ExpressionSource>& sources) const override {
    std::vector<ExpressionFault> faults;
    for (std::size_t i = 0; i < sources.size(); ++i) check(sources[i], i, faults);
    return faults;
  }

  boost::system::result<std::shared_ptr<const Expressions>, std::vector<ExpressionFault>> compile(
      const std::vector<ExpressionSource>& sources) const override {
    auto faults = check_syntax(sources);
    if (!faults.empty()) return faults;
    std::vector<std::vector<std::string>> variables;
    std::vector<std::unique_ptr<const NativeExpression>> native;
    bool all_native = true;
    for (const ExpressionSource& source : sources) {
      variables.push_back(source.variables);
      native.push_back(limits_.native ? parse_native(source.program, source.variables) : nullptr);
      all_native = all_native && native.back() != nullptr;
    }
    ProgramText program = ProgramWriter(sources).write();
    auto pool = std::make_unique<StatePool>(program.text, watchdog_, limits_.states_max);
    // What is native throughout needs libjq only for odd values: then it is compiled at the first.
    if (!all_native) {
      std::vector<CompileMessage> messages;
      auto first = JqProgram::compile(program.text, watchdog_, messages);
      if (first == nullptr) return locate(messages, program, sources);
      pool->put_first(std::move(first));
    }
    return std::shared_ptr<const Expressions>(std::make_shared<JqExpressions>(
        std::move(variables), std::move(native), limits_, std::move(pool)));
  }

 private:
  static void check(const ExpressionSource& source, std::size_t index,
                    std::vector<ExpressionFault>& faults) {
    if (source.leaves.empty()) {
      check_text(source.program, source.pointer, index, faults);
      return;
    }
    const std::size_t before = faults.size();
    for (const auto& [pointer, text] : source.leaves) check_text(text, pointer, index, faults);
    if (faults.size() == before) check_text(source.program, source.pointer, index, faults);
  }

  static void check_text(const std::string& text, const std::string& pointer, std::size_t index,
                         std::vector<ExpressionFault>& faults) {
    const auto add = [&](std::string message) {
      faults.push_back({static_cast<ExpressionId>(index), pointer, shortened(std::move(message))});
    };
    if (text.size() > program_bytes_max) return add("the expression is longer than 64 KiB");
    if (text.find('\0') != std::string::npos) return add("the expression contains a NUL character");
    if (auto refused = find_refused(text)) return add(std::move(*refused));
    if (parse_native(text, std::nullopt) != nullptr) return;
    // Alone, so that it cannot close a bracket it did not open; in brackets, as it will stand.
    auto messages = syntax_messages("\n" + text);
    if (messages.empty()) messages = syntax_messages("(\n" + text + "\n)");
    if (!messages.empty()) add(std::move(messages.front().text));
  }

  static std::vector<ExpressionFault> locate(const std::vector<CompileMessage>& messages,
                                             const ProgramText& program,
                                             const std::vector<ExpressionSource>& sources) {
    std::vector<ExpressionFault> faults;
    for (const CompileMessage& message : messages) {
      std::size_t index = 0;
      while (index + 1 < sources.size() && program.lines[index].second < message.line) ++index;
      faults.push_back({static_cast<ExpressionId>(index), pointer_of(sources[index], message.text),
                        shortened(message.text)});
    }
    std::ranges::stable_sort(faults, {}, &ExpressionFault::expression);
    return faults;
  }

  const JqLimits limits_;
  const std::shared_ptr<Watchdog> watchdog_;
};

}  // namespace

std::string program_text(const std::vector<ExpressionSource>& sources) {
  return ProgramWriter(sources).write().text;
}

std::unique_ptr<ExpressionCompiler> make_jq_compiler(JqLimits limits) {
  return std::make_unique<JqCompiler>(limits);
}

}  // namespace kyhan
