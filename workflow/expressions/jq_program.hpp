#pragma once
/// One compiled libjq program and its containment.

#include <memory>
#include <string>
#include <vector>

#include "workflow/core/json.hpp"
#include "workflow/expressions/jq.hpp"
#include "workflow/expressions/libjq.hpp"
#include "workflow/expressions/watchdog.hpp"

namespace kyhan {

/// One message of jq's compiler.
struct CompileMessage {
  int line;  ///< In the program, from 1; 0 when jq names none.
  std::string text;
};

struct JqOutcome {
  Json value;
  std::string fault;   ///< Empty: the value counts. jq's words, or the limit that was reached.
  bool usable = true;  ///< false: the program was stopped and must be replaced.
};

/// A libjq state. One evaluation at a time, on any thread.
class JqProgram {
 public:
  /// Takes 14 ms and more. Null when `messages` says why.
  [[nodiscard]] static std::unique_ptr<JqProgram> compile(const std::string& text,
                                                          std::shared_ptr<Watchdog> watchdog,
                                                          std::vector<CompileMessage>& messages);
  ~JqProgram();
  JqProgram(const JqProgram&) = delete;
  JqProgram& operator=(const JqProgram&) = delete;

  /// The program's input is [which, input, values].
  [[nodiscard]] JqOutcome evaluate(int which, const Json& input,
                                   const std::vector<const Json*>& values, const JqLimits& limits);

 private:
  JqProgram(jq_state* jq, std::shared_ptr<Watchdog> watchdog);

  jq_state* jq_;  // Null once abandoned.
  std::shared_ptr<Watchdog> watchdog_;
  HaltSwitch switch_;
};

/// The one program of all expressions: its text, for those who compare compilers.
[[nodiscard]] std::string program_text(const std::vector<ExpressionSource>& sources);

/// Syntax alone, some 30 us: libjq stops before it links its builtins.
[[nodiscard]] std::vector<CompileMessage> syntax_messages(const std::string& text);

}  // namespace kyhan
