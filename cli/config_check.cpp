// kyhan config check: every fault of the configuration at once, or what it comes to.

#include "cli/commands.hpp"

namespace kyhan {

int check_config(const Terminal& terminal, const Result<Config>& config) {
  if (!config) return refuse(terminal, config.error());
  // The broker's address may hold a password, so only whether there is one is shown.
  const Json shown = {{"home", config->home.string()},
                      {"address", config->address},
                      {"port", config->port},
                      {"tls", !config->tls_certificate.empty()},
                      {"behind_proxy", config->behind_proxy},
                      {"broker", !config->amqp_url.empty()},
                      {"web_root", config->web_root.string()},
                      {"log_level", config->log_level},
                      {"connections_max", config->connections_max},
                      {"session_idle_minutes", config->session_idle_minutes},
                      {"session_days", config->session_days},
                      {"recall_grace_seconds", config->recall_grace_seconds}};
  terminal.out << (terminal.json ? shown.dump() : shown.dump(2)) << "\n";
  return exit_done;
}

}  // namespace kyhan
