#include "api/engine_calls.hpp"

#include <mutex>

#include "api/when_done.hpp"

namespace kyhan {
namespace {

template <class T>
using Begin = std::function<void(std::function<void(Result<T>)>)>;

}  // namespace

asio::awaitable<Result<Receipt>> submit(Engine& engine, InstanceId instance, Command command,
                                        SubmitOptions options) {
  Begin<Receipt> begin = [&](Callback<Receipt> done) {
    engine.submit(std::move(instance), std::move(command), std::move(options), std::move(done));
  };
  co_return co_await when_done<Result<Receipt>>(std::move(begin));
}

asio::awaitable<std::vector<Result<Receipt>>> submit_all(Engine& engine,
                                                         std::vector<Submission> submissions) {
  using Answers = std::vector<Result<Receipt>>;
  std::function<void(std::function<void(Answers)>)> begin = [&](std::function<void(Answers)> done) {
    struct Gathered {
      std::mutex mutex;  // Refusals of a full inbox come on this thread, the rest on the engine's.
      std::vector<std::optional<Result<Receipt>>> answers;
      std::size_t left;
    };
    auto gathered = std::make_shared<Gathered>();
    gathered->answers.resize(submissions.size());
    gathered->left = submissions.size();
    if (submissions.empty()) return done({});
    for (std::size_t i = 0; i < submissions.size(); ++i) {
      Submission& one = submissions[i];
      engine.submit(std::move(one.instance), std::move(one.command), std::move(one.options),
                    [gathered, done, i](const Result<Receipt>& answer) {
                      {
                        const std::lock_guard lock{gathered->mutex};
                        gathered->answers[i] = answer;
                        if (--gathered->left > 0) return;
                      }
                      Answers all;
                      for (auto& each : gathered->answers) all.push_back(std::move(*each));
                      done(std::move(all));
                    });
    }
  };
  co_return co_await when_done<Answers>(std::move(begin));
}

asio::awaitable<Result<Receipt>> retry(Engine& engine, InstanceId instance, PersonId by,
                                       std::string comment, SubmitOptions options) {
  Begin<Receipt> begin = [&](Callback<Receipt> done) {
    engine.retry(std::move(instance), std::move(by), std::move(comment), std::move(options),
                 std::move(done));
  };
  co_return co_await when_done<Result<Receipt>>(std::move(begin));
}

asio::awaitable<Result<std::string>> add_job(Engine& engine, JobRequest request) {
  Begin<std::string> begin = [&](Callback<std::string> done) {
    engine.add_job(std::move(request), std::move(done));
  };
  co_return co_await when_done<Result<std::string>>(std::move(begin));
}

asio::awaitable<Result<Receipt>> start(Engine& engine, StartRequest request) {
  Begin<Receipt> begin = [&](Callback<Receipt> done) {
    engine.start(std::move(request), std::move(done));
  };
  co_return co_await when_done<Result<Receipt>>(std::move(begin));
}

asio::awaitable<Result<AbsenceRow>> record_absence(Engine& engine, AbsenceRequest request) {
  Begin<AbsenceRow> begin = [&](Callback<AbsenceRow> done) {
    engine.record_absence(std::move(request), std::move(done));
  };
  co_return co_await when_done<Result<AbsenceRow>>(std::move(begin));
}

asio::awaitable<Result<AbsenceRow>> end_absence(Engine& engine, std::string id, PersonId by) {
  Begin<AbsenceRow> begin = [&](Callback<AbsenceRow> done) {
    engine.end_absence(std::move(id), std::move(by), std::move(done));
  };
  co_return co_await when_done<Result<AbsenceRow>>(std::move(begin));
}

asio::awaitable<Result<Json>> write(Engine& engine, std::function<Result<Json>(UnitOfWork&)> work) {
  Begin<Json> begin = [&](Callback<Json> done) { engine.write(std::move(work), std::move(done)); };
  co_return co_await when_done<Result<Json>>(std::move(begin));
}

asio::awaitable<Result<PublishedReport>> publish_definition(Engine& engine, std::string document,
                                                            PersonId by, bool dry_run) {
  Begin<PublishedReport> begin = [&](Callback<PublishedReport> done) {
    engine.publish_definition(std::move(document), std::move(by), dry_run, std::move(done));
  };
  co_return co_await when_done<Result<PublishedReport>>(std::move(begin));
}

asio::awaitable<Result<Json>> import_organisation(Engine& engine, Json organisation, PersonId by) {
  Begin<Json> begin = [&](Callback<Json> done) {
    engine.import_organisation(std::move(organisation), std::move(by), std::move(done));
  };
  co_return co_await when_done<Result<Json>>(std::move(begin));
}

asio::awaitable<Result<Json>> change_calendar(Engine& engine, CalendarChange change) {
  Begin<Json> begin = [&](Callback<Json> done) {
    engine.change_calendar(std::move(change), std::move(done));
  };
  co_return co_await when_done<Result<Json>>(std::move(begin));
}

asio::awaitable<Result<Json>> undo_calendar(Engine& engine, std::int64_t change, PersonId by,
                                            std::string reason) {
  Begin<Json> begin = [&](Callback<Json> done) {
    engine.undo_calendar_change(change, std::move(by), std::move(reason), std::move(done));
  };
  co_return co_await when_done<Result<Json>>(std::move(begin));
}

asio::awaitable<Result<Json>> choose_preferences(Engine& engine, PersonId person, Json document,
                                                 std::int64_t seen) {
  Begin<Json> begin = [&](Callback<Json> done) {
    engine.choose_preferences(std::move(person), std::move(document), seen, std::move(done));
  };
  co_return co_await when_done<Result<Json>>(std::move(begin));
}

asio::awaitable<Result<Json>> limit_notices(Engine& engine, Json document, std::int64_t seen) {
  Begin<Json> begin = [&](Callback<Json> done) {
    engine.limit_notices(std::move(document), seen, std::move(done));
  };
  co_return co_await when_done<Result<Json>>(std::move(begin));
}

asio::awaitable<Result<DeliveryReport>> deliver(Engine& engine, CloudEvent event) {
  Begin<DeliveryReport> begin = [&](Callback<DeliveryReport> done) {
    engine.deliver(std::move(event), std::move(done));
  };
  co_return co_await when_done<Result<DeliveryReport>>(std::move(begin));
}

asio::awaitable<Result<ClockReport>> advance_clock(Engine& engine, Instant to) {
  Begin<ClockReport> begin = [&](Callback<ClockReport> done) {
    engine.advance_clock(to, std::move(done));
  };
  co_return co_await when_done<Result<ClockReport>>(std::move(begin));
}

asio::awaitable<Result<Json>> run_blocking(Services& services, std::function<Result<Json>()> work) {
  Begin<Json> begin = [&](std::function<void(Result<Json>)> done) {
    asio::post(services.workers,
               [work = std::move(work), done = std::move(done)] { done(work()); });
  };
  co_return co_await when_done<Result<Json>>(std::move(begin));
}

}  // namespace kyhan
