#pragma once
/// From a request to its answer: route, caller, origin, parameters, body, handler, problem.

#include <atomic>

#include "api/http.hpp"
#include "api/router.hpp"
#include "api/services.hpp"

namespace kyhan {

class Dispatcher final : public RequestHandler {
 public:
  /// `services` and `table` must outlive it.
  explicit Dispatcher(Services& services, std::span<const Route> table = routes());
  [[nodiscard]] asio::awaitable<Reply> handle(Request& request) override;
  void stopping() override;

 private:
  [[nodiscard]] asio::awaitable<Reply> answer(Request& request, const std::string& id,
                                              std::string& label);
  [[nodiscard]] asio::awaitable<Result<Reply>> run(const Route& route, Call& call);
  [[nodiscard]] std::string next_id();

  Services& services_;
  std::span<const Route> table_;
  std::string boot_;
  std::atomic<std::uint64_t> requests_ = 0;
};

}  // namespace kyhan
