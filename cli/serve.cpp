// kyhan serve: builds the house, opens the doors, and closes them in order when told to.

#include <boost/asio/ip/address.hpp>
#include <csignal>
#include <fstream>
#include <pthread.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <thread>

#include "api/house.hpp"
#include "api/server.hpp"
#include "cli/commands.hpp"
#include "cli/demonstration.hpp"
#include "cli/open_files.hpp"

namespace kyhan {
namespace {

/// Signals are taken by one thread that waits for them; all others inherit the blocked mask.
sigset_t block_ending_signals() {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return ending;
}

ServerOptions server_options(const Config& config) {
  ServerOptions options;
  options.address = config.address;
  options.port = static_cast<std::uint16_t>(config.port);
  options.connections_max = static_cast<std::size_t>(config.connections_max);
  options.unix_socket = config.socket();
  options.threads = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 2U, 4U));
  if (!config.tls_certificate.empty()) {
    options.tls = TlsFiles{config.tls_certificate, config.tls_key};
  }
  return options;
}

/// The configuration has been checked: every text parses.
NetworkRules network_rules(const Config& config) {
  NetworkRules rules;
  rules.allow_hosts.emplace();
  for (const std::string& text : config.allow_hosts) {
    rules.allow_hosts->push_back(*parse_host_pattern(text));
  }
  for (const std::string& text : config.allow_net) rules.allow_net.push_back(*parse_network(text));
  for (const std::string& text : config.no_proxy) {
    rules.no_proxy.push_back(*parse_host_pattern(text));
  }
  rules.proxy = config.proxy;
  rules.ca_file = config.ca_file.string();
  return rules;
}

MailOptions mail_options(const Config& config) {
  MailOptions mail;
  mail.smtp.url = config.smtp_url;
  mail.smtp.starttls = config.smtp_starttls;
  mail.smtp.user = config.smtp_user;
  mail.smtp.password = smtp_password(config).value();  // Read before, when it was checked.
  mail.smtp.ca_file = config.ca_file.string();
  mail.from = config.mail_from;
  mail.public_url = config.public_url;
  mail.templates = config.mail_templates;
  mail.limits.connections = config.smtp_connections;
  return mail;
}

HouseOptions house_options(const Config& config, const ServeOptions& wanted) {
  HouseOptions options;
  options.home = config.home;
  options.web_root = config.web_root;
  options.amqp_url = config.amqp_url;
  if (!config.smtp_url.empty()) options.mail = mail_options(config);
  options.settings.demonstration = wanted.demonstration;
  options.settings.behind_proxy = config.behind_proxy;
  options.settings.tls = !config.tls_certificate.empty();
  options.settings.session_idle_max = std::chrono::minutes{config.session_idle_minutes};
  options.settings.session_age_max = std::chrono::hours{24 * config.session_days};
  options.network = network_rules(config);
  options.secrets_dir = config.secrets_dir;
  options.recall_grace = std::chrono::seconds{config.recall_grace_seconds};
  if (wanted.virtual_clock) {
    // A clock that stands still would hold them for ever.
    options.recall_grace = Milliseconds{0};
    options.clock = std::make_shared<VirtualClock>(*wanted.virtual_clock);
  }
  return options;
}

bool is_loopback(const std::string& address) {
  boost::system::error_code error;
  return boost::asio::ip::make_address(address, error).is_loopback() && !error;
}

void log_to_standard_error(const std::string& level) {
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("kyhan", std::make_shared<spdlog::sinks::stderr_sink_mt>()));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  spdlog::set_level(spdlog::level::from_str(level));
}

std::string url_of(const Config& config, std::uint16_t port) {
  const bool six = config.address.find(':') != std::string::npos;
  return std::string{config.tls_certificate.empty() ? "http://" : "https://"} +
         (six ? "[" + config.address + "]" : config.address) + ":" + std::to_string(port);
}

}  // namespace

int serve(const Terminal& terminal, const Config& config, const ServeOptions& options) {
  if (options.demonstration && !is_loopback(config.address)) {
    terminal.err << terminal.say({"--demo chỉ chạy trên địa chỉ loopback (127.0.0.1).",
                                  "--demo binds to loopback (127.0.0.1) only."})
                 << "\n";
    return exit_wrong_usage;
  }
  log_to_standard_error(config.log_level);
  allow_many_open_files();
  const sigset_t ending = block_ending_signals();

  Result<std::unique_ptr<House>> built = House::build(house_options(config, options));
  if (!built) return refuse(terminal, built.error());
  House& house = **built;
  if (options.demonstration) {
    const std::filesystem::path definitions = options.definitions.empty()
                                                  ? find_definitions()
                                                  : std::filesystem::path{options.definitions};
    const Result<void> furnished =
        furnish_demonstration(terminal, house.services(), definitions, config.home);
    if (!furnished) return refuse(terminal, furnished.error());
  }

  std::filesystem::create_directories(config.home / "run");
  std::filesystem::permissions(config.home / "run", std::filesystem::perms::owner_all);
  Server server{server_options(config), house.dispatcher()};
  try {
    server.start();
  } catch (const std::exception& fault) {
    terminal.err << fault.what() << "\n";
    house.stop();
    return exit_failed;
  }
  const std::string url = url_of(config, server.port());
  std::ofstream{config.home / "run" / "url"} << url << "\n";
  terminal.out << terminal.say({"Kỳ Hạn đang chạy tại ", "Kỳ Hạn runs at "}) << url << std::endl;

  int signal = 0;
  sigwait(&ending, &signal);
  spdlog::info("stopping after signal {}", signal);
  server.stop();
  house.stop();
  spdlog::info("stopped");
  return exit_done;
}

}  // namespace kyhan
