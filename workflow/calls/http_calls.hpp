#pragma once
/// The port `Calls` over HTTP. A call is: what it needs to know first (a document, a token), the
/// request, the answer; all on the transport's thread, any number at once.

#include <chrono>
#include <memory>

#include "workflow/calls/network.hpp"
#include "workflow/core/calls.hpp"

namespace kyhan {

struct CallLimits {
  std::chrono::milliseconds call_max{30'000};  ///< One call with its redirects; one document.
  std::size_t documents_kept_max = 64;         ///< API descriptions fetched while running.
  std::chrono::seconds documents_kept_for{600};
};

class HttpCalls final : public Calls {
 public:
  explicit HttpCalls(NetworkRules rules, CallLimits limits = {});
  ~HttpCalls() override;  ///< Aborts what is under way without telling anybody.
  HttpCalls(const HttpCalls&) = delete;
  HttpCalls& operator=(const HttpCalls&) = delete;

  void start(CallOrder order) override;
  void cancel(const std::string& key) override;
  void fetch(HttpRequest request, std::function<void(Outcome<std::string>)> done) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kyhan
