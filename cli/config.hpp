#pragma once
/// The settings of a server: built in < file (JSON) < environment (KYHAN_*) < flags.

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "workflow/core/json.hpp"
#include "workflow/core/result.hpp"

namespace kyhan {

struct Config {
  std::filesystem::path home;             ///< Database, attachments, socket.
  std::string address = "127.0.0.1";      ///< To listen on.
  int port = 8080;                        ///< 0: any free one.
  std::filesystem::path tls_certificate;  ///< PEM; with tls_key: https.
  std::filesystem::path tls_key;          ///< PEM.
  bool behind_proxy = false;              ///< A TLS proxy stands before the server.
  std::string amqp_url;                   ///< Empty: no broker; the outbox waits.
  std::string smtp_url;                   ///< Empty: no e-mail.
  bool smtp_starttls = true;              ///< With smtp://.
  std::string smtp_user;                  ///< Empty: no sign-in; its password is a secret.
  int smtp_connections = 2;               ///< At once.
  std::string mail_from;                  ///< `Name <address>`.
  std::filesystem::path mail_templates;   ///< Folder over the built-in ones.
  std::string public_url;                 ///< How people reach the pages; without a slash at its end.
  std::filesystem::path web_root;         ///< The built pages; empty: none are served.
  std::string log_level = "info";         ///< trace, debug, info, warn, error
  int connections_max = 1024;
  int session_idle_minutes = 8 * 60;
  int session_days = 7;
  // What the server may reach, and with which secrets.
  std::vector<std::string> allow_hosts;  ///< Hosts that definitions may call; empty: none.
  std::vector<std::string> allow_net;    ///< CIDR blocks besides the public internet.
  std::filesystem::path secrets_dir;     ///< One file a secret; empty: there are none.
  std::string proxy;                     ///< Of calls: "http://proxy:3128"; empty: none.
  std::vector<std::string> no_proxy;     ///< Hosts called without it.
  std::filesystem::path ca_file;         ///< PEM, authorities of calls; empty: the system's.
  int recall_grace_seconds = 10;  ///< How long messages of an answer wait; 0: not at all.

  [[nodiscard]] std::filesystem::path socket() const { return home / "run" / "kyhan.sock"; }
};

/// Values by the name of their setting ("port", "amqp_url"), as text.
using Settings = std::map<std::string, std::string>;

/// Puts the layers together. `environment` gives the value of a variable or nothing. Errors:
/// `invalid` "config-invalid" with every fault in `fields` (pointer: the setting and its source).
[[nodiscard]] Result<Config> load_config(
    const std::filesystem::path& file,
    const std::function<std::optional<std::string>(const std::string&)>& environment,
    const Settings& flags);

/// The file `server/smtp_password` of the secrets; empty where no one signs in. Errors: `invalid` "secret-unreadable".
[[nodiscard]] Result<std::string> smtp_password(const Config& config);

/// The process's own environment.
[[nodiscard]] std::optional<std::string> environment_variable(const std::string& name);

}  // namespace kyhan
