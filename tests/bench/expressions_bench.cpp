// What one evaluation costs: native and contained libjq, beside the raw libjq interpreter with its
// values ready. Prints nanoseconds; it asserts nothing.

#include <chrono>
#include <cstdio>

#include "workflow/expressions/conversion.hpp"
#include "workflow/expressions/jq.hpp"
#include "workflow/expressions/libjq.hpp"

namespace {

using namespace kyhan;

template <class F>
double nanoseconds(int times, const F& function) {
  for (int i = 0; i < times / 10 + 1; ++i) function();
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < times; ++i) function();
  const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - begin;
  return spent.count() / times;
}

double through_port(const std::string& program, const Json& document, bool native, int times) {
  JqLimits limits;
  limits.native = native;
  const auto compiled = make_jq_compiler(limits)->compile({{program, "", {}, {}}});
  return nanoseconds(times, [&] {
    const auto result = compiled.value()->evaluate(ExpressionId{0}, document, {});
    if (!result.has_value()) std::abort();
  });
}

double raw(const std::string& program, const Json& document, int times) {
  jq_state* jq = jq_init();
  jq_set_attr(jq, jv_string("JQ_LIBRARY_PATH"), jv_array());
  jq_compile(jq, program.c_str());
  jv input = to_jv(document);
  const double spent = nanoseconds(times, [&] {
    jq_start(jq, jv_copy(input), 0);
    jv_free(jq_next(jq));
  });
  jv_free(input);
  jq_teardown(&jq);
  return spent;
}

Json case_file() {
  Json document = {{"status", "in-review"}, {"round", 2}, {"votes", {{"for", 7}, {"members", 9}}}};
  document["candidate"] = {{"name", "Nguyễn Thị Mẫu"}, {"unit", {{"code", "HR"}}}};
  for (int i = 0; i < 20; ++i) {
    document["reviews"].push_back({{"unit", "u" + std::to_string(i)},
                                   {"outcome", i % 3 == 0 ? "object" : "approve"},
                                   {"comment", "Ý kiến của đơn vị về hồ sơ đề nghị khen thưởng"}});
  }
  return document;
}

}  // namespace

int main() {
  const Json document = case_file();
  std::printf("document of %zu bytes; ns per evaluation\n%-62s %10s %12s %10s\n",
              document.dump().size(), "", "raw libjq", "ours, libjq", "ours");
  for (const std::string program :
       {".status", ".candidate.unit.code", ".status == \"in-review\" and .round < 3",
        ".votes.for / .votes.members >= 0.5", "{id: .status, round: (.round + 1)}",
        ". + {status: \"approved\"}", "[.reviews[] | select(.outcome == \"approve\")] | length",
        "\"Đề nghị cho \\(.candidate.name)\"", ".reviews | group_by(.outcome) | map(length)"}) {
    std::printf("%-62s %10.0f %12.0f %10.0f\n", program.c_str(), raw(program, document, 20000),
                through_port(program, document, false, 5000),
                through_port(program, document, true, 20000));
  }
}
