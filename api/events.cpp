// Hints out (server-sent events), CloudEvents in.

#include <boost/asio/this_coro.hpp>

#include "api/access.hpp"
#include "api/engine_calls.hpp"
#include "api/events_hub.hpp"
#include "api/handlers.hpp"

namespace kyhan {

HandlerResult stream_events(Call& call) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  Listener listener;
  listener.person = call.caller.person;
  listener.everything = call.caller.administrator;
  if (!listener.everything) {
    for (UnitId& unit : overseen_units(call)) listener.units.insert(std::move(unit));
  }
  if (!listener.person.empty()) {
    for (std::string& key : call.directory->keys_of(listener.person)) {
      listener.keys.insert(std::move(key));
    }
    for (const ActingFor& one : acting_for(call)) {
      listener.keys.insert(one.keys.begin(), one.keys.end());
    }
  }
  std::string_view last = call.request.headers.find("Last-Event-ID");
  if (last.empty()) last = call.query.text("after");
  auto stream = call.services.hub.open(std::move(listener), last, executor);
  if (!stream) co_return stream.error();
  Reply reply;
  reply.headers.set("Content-Type", "text/event-stream");
  reply.headers.set("Cache-Control", "no-store");
  reply.headers.set("X-Accel-Buffering", "no");
  reply.stream = std::move(*stream);
  co_return reply;
}

HandlerResult receive_event(Call& call) {
  const Result<DeliveryReport> report =
      co_await deliver(call.services.engine, std::move(call.body));
  if (!report) co_return report.error();
  co_return json_reply(202, {{"delivered", report->delivered}});
}

}  // namespace kyhan
