#pragma once
/// All the parts of a server, built by hand and in order: store, engine, messaging, API. Without a
/// listening socket, so that the command line can use it too while no server runs.

#include <filesystem>
#include <memory>
#include <string>

#include "api/dispatch.hpp"
#include "api/passwords.hpp"
#include "api/services.hpp"
#include "workflow/calls/network.hpp"

namespace kyhan {

/// E-mail; needs a broker too, for the reminders come from its queue.
struct MailOptions {
  SmtpSettings smtp;
  std::string from;        ///< `Name <address>` or an address.
  std::string public_url;  ///< How people reach the pages; the links begin with it.
  std::filesystem::path templates;  ///< Folder over the built-in ones; empty: those alone.
  MailLimits limits;
};

struct HouseOptions {
  std::filesystem::path home;
  std::filesystem::path web_root;  ///< Empty: no pages.
  std::string amqp_url;            ///< Empty: no broker; the outbox waits.
  std::optional<MailOptions> mail;
  ApiSettings settings;
  std::shared_ptr<Clock> clock;  ///< Null: the system's.
  Milliseconds recall_grace{0};  ///< EngineLimits::recall_grace.
  PasswordCost password_cost = PasswordCost::normal;
  /// What calls to other systems may reach; none: nobody makes them here.
  std::optional<NetworkRules> network;
  std::filesystem::path secrets_dir;  ///< Empty: there are no secrets.
};

class House {
 public:
  /// Errors: those of Store::open, Engine::open, BlobStore::open, parse_amqp_url,
  /// MailTemplates::load.
  [[nodiscard]] static Result<std::unique_ptr<House>> build(const HouseOptions& options);
  ~House();
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  [[nodiscard]] Dispatcher& dispatcher();
  [[nodiscard]] Services& services();
  /// E-mail and relay, then engine: after it nothing is written any more. To be called while whoever waits for
  /// the engine (the server) still lives.
  void stop();

 private:
  struct Parts;
  explicit House(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace kyhan
