// kyhan events tail: what arrives from RabbitMQ, as it arrives.

#include <atomic>
#include <csignal>

#include "cli/commands.hpp"
#include "messaging/tail.hpp"

namespace kyhan {
namespace {

std::atomic<bool> stop_tail = false;
static_assert(std::atomic<bool>::is_always_lock_free, "set by a signal handler");

extern "C" void end_tail(int) {
  stop_tail = true;
}

}  // namespace

int tail_broker(const Terminal& terminal, const Config& config, const std::string& key) {
  if (config.amqp_url.empty()) {
    terminal.err << terminal.say({"Chưa cấu hình RabbitMQ (amqp_url hoặc KYHAN_AMQP_URL).",
                                  "No RabbitMQ is configured (amqp_url or KYHAN_AMQP_URL)."})
                 << "\n";
    return exit_failed;
  }
  const Result<RabbitEndpoint> endpoint = parse_amqp_url(config.amqp_url);
  if (!endpoint) return refuse(terminal, endpoint.error());
  std::signal(SIGINT, &end_tail);
  std::signal(SIGTERM, &end_tail);
  const auto show = [&](const TailedEvent& event) {
    if (terminal.json) {
      terminal.out << Json{{"key", event.routing_key}, {"id", event.id}, {"event", event.event}}
                          .dump(-1, ' ', false, Json::error_handler_t::replace)
                   << std::endl;
    } else {
      const Json& cloud = event.event;
      terminal.out << (cloud.is_object() ? cloud.value("time", "") : "") << "  "
                   << event.routing_key << "  "
                   << (cloud.is_object()
                           ? cloud.value("subject", "") + "  " + cloud.value("data", Json()).dump()
                           : event.body)
                   << std::endl;
    }
    return true;
  };
  const auto ready = [&] {
    terminal.err << terminal.say({"Đang chờ sự kiện…", "Waiting for events…"}) << std::endl;
  };
  TailOptions options;
  options.endpoint = *endpoint;
  if (!key.empty()) options.key = key;
  const Result<void> ended = tail_events(options, show, stop_tail, ready);
  return ended ? exit_done : refuse(terminal, ended.error());
}

}  // namespace kyhan
