// The door: turns each request into a job of the loop. What can be checked without the database is
// checked on the caller's thread.

#include "workflow/engine/engine.hpp"

#include <future>
#include <spdlog/spdlog.h>

#include "workflow/core/documents.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/engine/absences.hpp"
#include "workflow/engine/bulk.hpp"
#include "workflow/engine/engine_loop.hpp"
#include "workflow/engine/publishing.hpp"
#include "workflow/engine/receipts.hpp"
#include "workflow/engine/schedules.hpp"
#include "workflow/engine/starting.hpp"
#include "workflow/expressions/jq.hpp"

namespace kyhan {
namespace {

/// The first answer to the same key; empty when the key is new.
Result<std::optional<Receipt>> answered_before(Batch& batch, const Idempotency& idempotency) {
  const Result<std::optional<std::string>> answer = find_answer(batch, idempotency);
  if (!answer) return answer.error();
  if (!*answer) return std::optional<Receipt>{};
  std::optional<Receipt> receipt = decode_receipt(**answer);
  if (!receipt) return key_reused(idempotency.key);
  return receipt;
}

TaskId task_named_by(const Command& command) {
  return std::visit(
      [](const auto& one) -> TaskId {
        if constexpr (requires { one.task; }) {
          return one.task;
        } else {
          return TaskId{};
        }
      },
      command);
}

Error demonstration_mismatch(bool database_is_demonstration) {
  if (database_is_demonstration) {
    return Error{ErrorCode::conflict,
                 "demonstration-database",
                 {"Cơ sở dữ liệu này là của bản trình diễn; chỉ mở được với --demo.",
                  "This database is a demonstration's; it opens with --demo only."}};
  }
  return Error{ErrorCode::conflict,
               "production-database",
               {"Cơ sở dữ liệu này là dữ liệu thật; không mở được với --demo.",
                "This database is production; it does not open with --demo."}};
}

/// Checks or sets the mark of a demonstration, and takes up the virtual time.
Result<void> read_marks(Store& store, const EngineConfig& config) {
  Result<std::optional<std::string>> mark = store.reads()->find_setting("demonstration");
  if (!mark) return mark.error();
  if (*mark) {
    const bool demonstration = **mark == "1";
    if (demonstration != config.demonstration) return demonstration_mismatch(demonstration);
  } else {
    UnitOfWork work{store};
    work.stage_setting("demonstration", config.demonstration ? "1" : "0");
    if (Result<void> done = work.commit(); !done) return done;
  }
  auto* clock = dynamic_cast<VirtualClock*>(config.clock.get());
  if (clock == nullptr) return {};
  Result<std::optional<std::string>> kept = store.reads()->find_setting("virtual_clock");
  if (!kept) return kept.error();
  if (*kept) clock->restore(Instant{Milliseconds{std::stoll(**kept)}});
  return {};
}

/// What cannot be read any more counts as not chosen.
Result<std::shared_ptr<const PreferenceBook>> load_preferences(Store& store) {
  const auto rows = store.reads()->preferences();
  if (!rows) return rows.error();
  NoticeLimits limits = default_limits();
  PreferenceBook::Chosen chosen;
  for (const PreferencesRow& row : *rows) {
    const Json document = Json::parse(row.document, nullptr, false);
    if (row.person.empty()) {
      if (auto read = parse_limits(document)) limits = std::move(*read);
    } else if (auto read = parse_preferences(document, nullptr)) {
      chosen[row.person] = std::move(*read);
    }
  }
  return std::make_shared<const PreferenceBook>(std::move(limits), std::move(chosen));
}

/// Keeps a document of preferences in the place of the version that was seen.
Result<std::int64_t> keep_preferences(Batch& batch, const PersonId& person, const Json& document,
                                      std::int64_t seen) {
  const auto before = batch.work().find_preferences(person);
  if (!before) return before.error();
  const std::int64_t version = *before ? (**before).version : 0;
  if (version != seen) {
    return Error{ErrorCode::stale,
                 "preferences-changed",
                 {"Tùy chọn đã thay đổi sau khi bạn mở; hãy xem lại.",
                  "The preferences have changed since you opened them; look again."}};
  }
  batch.work().stage_preferences({person, document.dump(), version + 1, batch.now()});
  return version + 1;
}

template <class T, class Start>
Result<T> wait_for(Start&& start) {
  auto promise = std::make_shared<std::promise<Result<T>>>();
  std::future<Result<T>> answer = promise->get_future();
  start([promise](Result<T> result) { promise->set_value(std::move(result)); });
  return answer.get();
}

Result<Json> json_result(Json value) {
  return Result<Json>{boost::system::in_place_value, std::move(value)};
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::open(Store& store, EngineConfig config) {
  if (Result<void> marks = read_marks(store, config); !marks) return marks.error();

  Snapshot snapshot;
  Json organisation{{"units", Json::array()}, {"people", Json::array()}};
  Result<std::optional<std::string>> stored = store.reads()->find_organisation();
  if (!stored) return stored.error();
  if (*stored) organisation = Json::parse(**stored);
  // Leave has tables of its own; a document of an earlier version may still hold some.
  for (Json& person : organisation["people"]) person.erase("absences");
  Result<std::shared_ptr<const Directory>> directory = Directory::parse(organisation);
  if (!directory) return directory.error();
  {
    UnitOfWork work{store};
    directory = with_stored_absences(work, **directory, config.clock->now());
  }
  if (!directory) return directory.error();
  snapshot.directory = *directory;

  CalendarDocuments files;
  Result<std::vector<std::string>> texts = store.reads()->calendars();
  if (!texts) return texts.error();
  std::vector<Json> list;
  for (const std::string& text : *texts) {
    list.push_back(Json::parse(text));
    files[list.back().value("id", "")] = list.back();
  }
  Result<std::shared_ptr<const Calendars>> calendars = make_calendars(list);
  if (!calendars) return calendars.error();
  snapshot.calendars = *calendars;

  auto catalog =
      std::make_shared<Catalog>(std::shared_ptr<const ExpressionCompiler>(make_jq_compiler()),
                                [&store](const DefinitionRef& ref) {
                                  return load_resources(store, ref);
                                });
  if (Result<void> loaded = load_catalog(store, *catalog); !loaded) return loaded.error();
  snapshot.catalog = std::move(catalog);

  Result<std::shared_ptr<const PreferenceBook>> preferences = load_preferences(store);
  if (!preferences) return preferences.error();
  snapshot.preferences = std::move(*preferences);

  auto loop =
      std::make_unique<EngineLoop>(store, std::move(config), std::move(snapshot), std::move(files));
  loop->start();
  return std::unique_ptr<Engine>(new Engine(std::move(loop)));
}

Engine::Engine(std::unique_ptr<EngineLoop> loop) : loop_(std::move(loop)) {}
Engine::~Engine() = default;

void Engine::submit(InstanceId instance, Command command, SubmitOptions options,
                    Callback<Receipt> callback) {
  set_via(command, options.via);
  loop_->post({[instance = std::move(instance), command = std::move(command),
                options = std::move(options), callback](Batch& batch) -> Result<After> {
                 Result<std::optional<Receipt>> before =
                     answered_before(batch, options.idempotency);
                 if (!before) return before.error();
                 if (*before) {
                   return After{[callback, receipt = **before] { callback(receipt); }};
                 }
                 Result<Applied> applied =
                     batch.apply(instance, command, options.actor, options.expected_version);
                 if (!applied) return applied.error();
                 Receipt receipt = batch.receipt(instance, task_named_by(command));
                 keep_answer(batch, options.idempotency, encode(receipt));
                 return After{[callback, receipt = std::move(receipt)] { callback(receipt); }};
               },
               [callback](const Error& why) { callback(why); }});
}

void Engine::start(StartRequest request, Callback<Receipt> callback) {
  loop_->post({[this, request = std::move(request), callback](Batch& batch) -> Result<After> {
                 Result<std::optional<Receipt>> before =
                     answered_before(batch, request.idempotency);
                 if (!before) return before.error();
                 if (*before) {
                   return After{[callback, receipt = **before] { callback(receipt); }};
                 }
                 const InstanceId id = loop_->new_id(batch.now());
                 Result<Applied> applied = start_by_request(batch, request, id);
                 if (!applied) return applied.error();
                 Receipt receipt = batch.receipt(id, TaskId{});
                 keep_answer(batch, request.idempotency, encode(receipt));
                 return After{[callback, receipt = std::move(receipt)] { callback(receipt); }};
               },
               [callback](const Error& why) { callback(why); }});
}

void Engine::record_absence(AbsenceRequest request, Callback<AbsenceRow> callback) {
  loop_->post(record_absence_job(*loop_, std::move(request), std::move(callback)));
}
void Engine::end_absence(std::string id, PersonId by, Callback<AbsenceRow> callback) {
  loop_->post(end_absence_job(*loop_, std::move(id), std::move(by), std::move(callback)));
}

void Engine::write(std::function<Result<Json>(UnitOfWork&)> work, Callback<Json> callback) {
  loop_->post({[work = std::move(work), callback](Batch& batch) -> Result<After> {
                 Result<Json> done = work(batch.work());
                 if (!done) return done.error();
                 return After{[callback, value = std::move(*done)]() mutable {
                   callback(json_result(std::move(value)));
                 }};
               },
               [callback](const Error& why) { callback(why); }});
}

void Engine::publish_definition(std::string document, PersonId by, bool dry_run,
                                Callback<PublishedReport> callback) {
  auto request = std::make_shared<PublishRequest>(
      PublishRequest{std::move(document), std::move(by), dry_run, callback});
  const bool posted = loop_->workshop().post([this, request] { publish(*loop_, *request); });
  if (!posted) callback(engine_stopping());
}

void Engine::import_organisation(Json organisation, PersonId by, Callback<Json> callback) {
  Result<std::shared_ptr<const Directory>> parsed = Directory::parse(organisation);
  if (!parsed) return callback(parsed.error());
  loop_->post(
      {[this, directory = *parsed, by = std::move(by), callback](Batch& batch) -> Result<After> {
         Result<std::shared_ptr<const Directory>> whole =
             take_file_absences(batch, *loop_, *directory);
         if (!whole) return whole.error();
         batch.work().stage_organisation(directory->with_absences({})->to_json().dump(),
                                         batch.now());
         if (Result<void> planned = plan_after_for_new_units(batch, **whole); !planned) {
           return planned.error();
         }
         return After{[this, directory = *whole, by, callback] {
           loop_->replace(directory);
           spdlog::info("engine: organisation imported by {}: {} units, {} people",
                        by.empty() ? "system" : by.text(), directory->units().size(),
                        directory->people().size());
           callback(json_result({{"units", directory->units().size()},
                                 {"people", directory->people().size()},
                                 {"groups", directory->groups().size()}}));
         }};
       },
       [callback](const Error& why) { callback(why); }});
}

namespace {

/// After the commit: the new calendars hold, and the walk begins.
After take_calendars(EngineLoop& loop, MadeChange made, const CalendarChange& change,
                     Callback<Json> callback) {
  return [&loop, made = std::move(made), change, callback = std::move(callback)] {
    loop.calendar_documents() = made.now.documents;
    Json answer{{"calendar", change.calendar}, {"change", nullptr}};
    if (made.id) {
      loop.replace(made.now.calendars);
      spdlog::info("engine: change {} of the calendar {} by {}", *made.id, change.calendar,
                   change.by.empty() ? "system" : change.by.text());
      answer["change"] = *made.id;
      loop.calendar_walk().begin(*made.id);
    }
    callback(json_result(std::move(answer)));
  };
}

}  // namespace

void Engine::change_calendar(CalendarChange change, Callback<Json> callback) {
  loop_->post({[this, change = std::move(change), callback](Batch& batch) -> Result<After> {
                 Result<MadeChange> made =
                     make_calendar_change(batch, loop_->calendar_documents(), change);
                 if (!made) return made.error();
                 return take_calendars(*loop_, std::move(*made), change, callback);
               },
               [callback](const Error& why) { callback(why); }});
}

void Engine::undo_calendar_change(std::int64_t change, PersonId by, std::string reason,
                                  Callback<Json> callback) {
  loop_->post({[this, change, by = std::move(by), reason = std::move(reason),
                callback](Batch& batch) -> Result<After> {
                 const Result<CalendarChange> undo =
                     undo_of(batch, loop_->calendar_documents(), change, by, reason);
                 if (!undo) return undo.error();
                 Result<MadeChange> made =
                     make_calendar_change(batch, loop_->calendar_documents(), *undo);
                 if (!made) return made.error();
                 return take_calendars(*loop_, std::move(*made), *undo, callback);
               },
               [callback](const Error& why) { callback(why); }});
}

void Engine::choose_preferences(PersonId person, Json document, std::int64_t seen,
                                Callback<Json> callback) {
  loop_->post({[this, person = std::move(person), document = std::move(document), seen,
                callback](Batch& batch) -> Result<After> {
                 const PreferenceBook& book = *batch.snapshot().preferences;
                 Result<ChosenPreferences> read = parse_preferences(document, &book.limits());
                 if (!read) return read.error();
                 Result<std::int64_t> version = keep_preferences(batch, person, document, seen);
                 if (!version) return version.error();
                 PreferenceBook::Chosen chosen = book.chosen();
                 chosen[person] = std::move(*read);
                 auto changed =
                     std::make_shared<const PreferenceBook>(book.limits(), std::move(chosen));
                 const Calendar& calendar = calendar_of(person, *batch.snapshot().directory,
                                                        *batch.snapshot().calendars);
                 batch.work().stage_held_until(
                     person, next_digest(changed->of(person), calendar, batch.now()));
                 return After{[this, changed, version = *version, callback] {
                   loop_->replace(changed);
                   callback(json_result(version));
                 }};
               },
               [callback](const Error& why) { callback(why); }});
}

void Engine::limit_notices(Json document, std::int64_t seen, Callback<Json> callback) {
  loop_->post({[this, document = std::move(document), seen,
                callback](Batch& batch) -> Result<After> {
                 Result<NoticeLimits> read = parse_limits(document);
                 if (!read) return read.error();
                 Result<std::int64_t> version =
                     keep_preferences(batch, PersonId{}, document, seen);
                 if (!version) return version.error();
                 auto changed = std::make_shared<const PreferenceBook>(
                     std::move(*read), batch.snapshot().preferences->chosen());
                 return After{[this, changed, version = *version, callback] {
                   loop_->replace(changed);
                   callback(json_result(version));
                 }};
               },
               [callback](const Error& why) { callback(why); }});
}

void Engine::deliver(CloudEvent event, Callback<DeliveryReport> callback) {
  for (const char* attribute : {"id", "source", "type"}) {
    if (event.is_object() && event.contains(attribute) && event.at(attribute).is_string() &&
        !event.at(attribute).get_ref<const std::string&>().empty()) {
      continue;
    }
    const std::string name = attribute;
    return callback(Error{ErrorCode::invalid,
                          "bad-event",
                          {"Sự kiện thiếu thuộc tính \"" + name + "\".",
                           "The event lacks the attribute \"" + name + "\"."}});
  }
  loop_->post({[event = std::move(event), callback](Batch& batch) -> Result<After> {
                 Result<bool> first = batch.work().stage_received_event(
                     event.at("source").get<std::string>(), event.at("id").get<std::string>(),
                     batch.now());
                 if (!first) return first.error();
                 DeliveryReport report;
                 if (*first) {
                   Result<std::size_t> delivered = batch.deliver_from_outside(event);
                   if (!delivered) return delivered.error();
                   report.delivered = *delivered;
                 }
                 return After{[callback, report] { callback(report); }};
               },
               [callback](const Error& why) { callback(why); }});
}

void Engine::advance_clock(Instant to, Callback<ClockReport> callback) {
  loop_->advance(to, std::move(callback));
}

Result<Receipt> Engine::submit(InstanceId instance, Command command, SubmitOptions options) {
  return wait_for<Receipt>([&](Callback<Receipt> done) {
    submit(std::move(instance), std::move(command), std::move(options), std::move(done));
  });
}
Result<Receipt> Engine::start(StartRequest request) {
  return wait_for<Receipt>(
      [&](Callback<Receipt> done) { start(std::move(request), std::move(done)); });
}
Result<std::string> Engine::add_job(JobRequest request) {
  return wait_for<std::string>(
      [&](Callback<std::string> done) { add_job(std::move(request), std::move(done)); });
}
Result<AbsenceRow> Engine::record_absence(AbsenceRequest request) {
  return wait_for<AbsenceRow>([&](Callback<AbsenceRow> done) {
    record_absence(std::move(request), std::move(done));
  });
}
Result<AbsenceRow> Engine::end_absence(std::string id, PersonId by) {
  return wait_for<AbsenceRow>([&](Callback<AbsenceRow> done) {
    end_absence(std::move(id), std::move(by), std::move(done));
  });
}
Result<Json> Engine::write(std::function<Result<Json>(UnitOfWork&)> work) {
  return wait_for<Json>([&](Callback<Json> done) { write(std::move(work), std::move(done)); });
}
Result<PublishedReport> Engine::publish_definition(std::string document, PersonId by,
                                                   bool dry_run) {
  return wait_for<PublishedReport>([&](Callback<PublishedReport> done) {
    publish_definition(std::move(document), std::move(by), dry_run, std::move(done));
  });
}
Result<Json> Engine::import_organisation(Json organisation, PersonId by) {
  return wait_for<Json>([&](Callback<Json> done) {
    import_organisation(std::move(organisation), std::move(by), std::move(done));
  });
}
Result<Json> Engine::change_calendar(CalendarChange change) {
  return wait_for<Json>(
      [&](Callback<Json> done) { change_calendar(std::move(change), std::move(done)); });
}
Result<Json> Engine::undo_calendar_change(std::int64_t change, PersonId by, std::string reason) {
  return wait_for<Json>([&](Callback<Json> done) {
    undo_calendar_change(change, std::move(by), std::move(reason), std::move(done));
  });
}
Result<Json> Engine::choose_preferences(PersonId person, Json document, std::int64_t seen) {
  return wait_for<Json>([&](Callback<Json> done) {
    choose_preferences(std::move(person), std::move(document), seen, std::move(done));
  });
}
Result<Json> Engine::limit_notices(Json document, std::int64_t seen) {
  return wait_for<Json>([&](Callback<Json> done) {
    limit_notices(std::move(document), seen, std::move(done));
  });
}
Result<DeliveryReport> Engine::deliver(CloudEvent event) {
  return wait_for<DeliveryReport>(
      [&](Callback<DeliveryReport> done) { deliver(std::move(event), std::move(done)); });
}
Result<ClockReport> Engine::advance_clock(Instant to) {
  return wait_for<ClockReport>(
      [&](Callback<ClockReport> done) { advance_clock(to, std::move(done)); });
}

std::shared_ptr<const Directory> Engine::directory() const {
  return loop_->snapshot().directory;
}
std::shared_ptr<const Calendars> Engine::calendars() const {
  return loop_->snapshot().calendars;
}
std::shared_ptr<const Catalog> Engine::catalog() const {
  return loop_->snapshot().catalog;
}
std::shared_ptr<const PreferenceBook> Engine::preferences() const {
  return loop_->snapshot().preferences;
}
const Clock& Engine::clock() const {
  return loop_->clock();
}
EngineCounters Engine::counters() const {
  return loop_->counters();
}
bool Engine::healthy() const {
  return loop_->healthy();
}
int Engine::subscribe(ChangeListener listener) {
  return loop_->subscribe(std::move(listener));
}
void Engine::unsubscribe(int subscription) {
  loop_->unsubscribe(subscription);
}
void Engine::on_outbox(std::function<void()> wake) {
  loop_->on_outbox(std::move(wake));
}
void Engine::stop() {
  loop_->stop();
}

}  // namespace kyhan
