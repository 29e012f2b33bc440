// What probes, Prometheus and curious clients ask.

#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/metrics.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

Reply text_reply(int status, std::string text) {
  Reply reply;
  reply.status = status;
  reply.headers.set("Content-Type", "text/plain; charset=utf-8");
  reply.headers.set("Cache-Control", "no-store");
  reply.body = std::move(text);
  return reply;
}

}  // namespace

HandlerResult show_version(Call& call) {
  co_return json_reply(200, {{"name", "kyhan"},
                             {"version", KYHAN_VERSION},
                             {"demo", call.services.settings.demonstration}});
}

HandlerResult show_openapi(Call&) {
  Reply reply;
  reply.headers.set("Content-Type", "application/json");
  reply.headers.set("Cache-Control", "no-cache");
  reply.body = std::string{openapi_document()};
  co_return reply;
}

HandlerResult show_health(Call&) {
  co_return text_reply(200, "ok\n");
}

HandlerResult show_readiness(Call& call) {
  const Result<bool> verbose = call.query.flag("verbose");
  if (!verbose) co_return verbose.error();
  Services& services = call.services;
  bool writable = services.engine.healthy();
  if (!writable) {
    // The last commit failed; try one, so that a disk with room again is noticed without traffic.
    std::function<Result<Json>(UnitOfWork&)> work =
        [at = services.wall_clock.now()](UnitOfWork& unit) {
          unit.stage_setting("ready-probe", to_rfc3339(at));
          return success(nullptr);
        };
    const Result<Json> written = co_await write(services.engine, std::move(work));
    writable = written.has_value();
  }
  // One row by its key: a probe every second must not count a large table.
  const bool readable = services.store.reads()->find_setting("demonstration").has_value();
  const bool ready = writable && readable;
  const bool broker = !services.relay || services.relay().connected;
  const std::string state = !ready ? "unavailable" : broker ? "ready" : "degraded";
  if (!*verbose || !call.request.peer.loopback)
    co_return text_reply(ready ? 200 : 503, state + "\n");
  Json checks = {{"database", readable ? "ok" : "unreadable"},
                 {"commit", writable ? "ok" : "failing"},
                 {"broker", !services.relay ? "not configured"
                            : broker        ? "ok"
                                            : "unreachable"}};
  if (services.relay) {
    const RelayCounters relay = services.relay();
    checks["outbox"] = relay.pending;
    if (!relay.last_fault.empty()) checks["brokerFault"] = relay.last_fault;
  }
  if (services.mail) {
    const MailCounters mail = services.mail();
    checks["mail"] = mail.server_answers && mail.broker_answers ? "ok" : "unreachable";
    checks["mailsWaiting"] = mail.waiting;
    if (!mail.last_fault.empty()) checks["mailFault"] = mail.last_fault;
  }
  co_return json_reply(ready ? 200 : 503, {{"status", state}, {"checks", std::move(checks)}});
}

HandlerResult show_metrics(Call& call) {
  if (!call.request.peer.loopback) co_return not_found();
  Reply reply = text_reply(200, prometheus_text(call.services));
  reply.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  co_return reply;
}

}  // namespace kyhan
