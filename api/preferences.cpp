// How the caller wishes to be told, and what the administrator allows.

#include "workflow/core/preferences.hpp"

#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

/// The version of the row; 0 while there is none.
Result<std::int64_t> version_of(const Call& call, const PersonId& person) {
  const auto row = call.services.store.reads()->find_preferences(person);
  if (!row) return row.error();
  return *row ? (**row).version : 0;
}

Json mine(const Call& call, const PreferenceBook& book) {
  const PersonId& person = call.caller.person;
  const Preferences& holds = book.of(person);
  Json body = to_json(holds);
  body["chosen"] = to_json(book.chosen_by(person));
  body["limits"] = to_json(book.limits());
  const Calendar& calendar =
      calendar_of(person, *call.directory, *call.services.engine.calendars());
  body["nextDigest"] = to_rfc3339(next_digest(holds, calendar, call.services.engine.clock().now()));
  return body;
}

Error not_a_person() {
  return forbidden("not-a-person",
                   {"Chỉ người dùng mới có tùy chọn thông báo.", "Only a person has preferences."});
}

}  // namespace

HandlerResult show_preferences(Call& call) {
  if (call.caller.person.empty()) co_return not_a_person();
  const Result<std::int64_t> version = version_of(call, call.caller.person);
  if (!version) co_return version.error();
  const auto book = call.services.engine.preferences();
  co_return json_reply(call, mine(call, *book), etag_of(*version));
}

HandlerResult set_preferences(Call& call) {
  if (call.caller.person.empty()) co_return not_a_person();
  const Result<std::int64_t> seen = expected_version(call.request);
  if (!seen) co_return seen.error();
  const Result<Json> done = co_await choose_preferences(call.services.engine, call.caller.person,
                                                        std::move(call.body), *seen);
  if (!done) co_return done.error();
  const auto book = call.services.engine.preferences();
  co_return json_reply(call, mine(call, *book), etag_of(done->get<std::int64_t>()));
}

HandlerResult show_notice_limits(Call& call) {
  const Result<std::int64_t> version = version_of(call, PersonId{});
  if (!version) co_return version.error();
  const auto book = call.services.engine.preferences();
  co_return json_reply(call, to_json(book->limits()), etag_of(*version));
}

HandlerResult set_notice_limits(Call& call) {
  const Result<std::int64_t> seen = expected_version(call.request);
  if (!seen) co_return seen.error();
  const Result<Json> done =
      co_await limit_notices(call.services.engine, std::move(call.body), *seen);
  if (!done) co_return done.error();
  const auto book = call.services.engine.preferences();
  co_return json_reply(call, to_json(book->limits()), etag_of(done->get<std::int64_t>()));
}

}  // namespace kyhan
