#pragma once
/// The engine's calls as awaitables: they end on the caller's own executor, after the commit.

#include <boost/asio/thread_pool.hpp>
#include <functional>

#include "api/http.hpp"
#include "api/services.hpp"
#include "workflow/core/json.hpp"
#include "workflow/engine/bulk.hpp"
#include "workflow/store/unit_of_work.hpp"

namespace kyhan {

[[nodiscard]] asio::awaitable<Result<Receipt>> submit(Engine& engine, InstanceId instance,
                                                      Command command, SubmitOptions options);
/// All at once, so that they share a commit; the answers in their order.
struct Submission {
  InstanceId instance;
  Command command;
  SubmitOptions options;
};
[[nodiscard]] asio::awaitable<std::vector<Result<Receipt>>> submit_all(
    Engine& engine, std::vector<Submission> submissions);
[[nodiscard]] asio::awaitable<Result<Receipt>> retry(Engine& engine, InstanceId instance,
                                                     PersonId by, std::string comment,
                                                     SubmitOptions options);
[[nodiscard]] asio::awaitable<Result<std::string>> add_job(Engine& engine, JobRequest request);
[[nodiscard]] asio::awaitable<Result<Receipt>> start(Engine& engine, StartRequest request);
[[nodiscard]] asio::awaitable<Result<AbsenceRow>> record_absence(Engine& engine,
                                                                 AbsenceRequest request);
[[nodiscard]] asio::awaitable<Result<AbsenceRow>> end_absence(Engine& engine, std::string id,
                                                              PersonId by);
[[nodiscard]] asio::awaitable<Result<Json>> write(Engine& engine,
                                                  std::function<Result<Json>(UnitOfWork&)> work);
[[nodiscard]] asio::awaitable<Result<PublishedReport>> publish_definition(Engine& engine,
                                                                          std::string document,
                                                                          PersonId by,
                                                                          bool dry_run);
[[nodiscard]] asio::awaitable<Result<Json>> import_organisation(Engine& engine, Json organisation,
                                                                PersonId by);
[[nodiscard]] asio::awaitable<Result<Json>> choose_preferences(Engine& engine, PersonId person,
                                                               Json document, std::int64_t seen);
[[nodiscard]] asio::awaitable<Result<Json>> limit_notices(Engine& engine, Json document,
                                                          std::int64_t seen);
[[nodiscard]] asio::awaitable<Result<Json>> change_calendar(Engine& engine, CalendarChange change);
[[nodiscard]] asio::awaitable<Result<Json>> undo_calendar(Engine& engine, std::int64_t change,
                                                          PersonId by, std::string reason);
[[nodiscard]] asio::awaitable<Result<DeliveryReport>> deliver(Engine& engine, CloudEvent event);
[[nodiscard]] asio::awaitable<Result<ClockReport>> advance_clock(Engine& engine, Instant to);

/// Runs what blocks (a sync of a file, a backup) on the API's own worker threads.
[[nodiscard]] asio::awaitable<Result<Json>> run_blocking(Services& services,
                                                         std::function<Result<Json>()> work);

/// Json converts from and to everything, so a Result of it must be told what is meant.
[[nodiscard]] inline Result<Json> success(Json value) {
  return Result<Json>{boost::system::in_place_value, std::move(value)};
}

}  // namespace kyhan
