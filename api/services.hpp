#pragma once
/// Everything the handlers work with, put together once in main.cpp and borrowed by every request.

#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "messaging/mailer.hpp"
#include "messaging/relay.hpp"
#include "workflow/engine/engine.hpp"

namespace kyhan {

class Store;
class BlobStore;
class PasswordWorker;
class SignInThrottle;
class EventsHub;
class HttpMetrics;
class WebFiles;
struct RehearsalRoom;

/// One attachment, whatever the definition allows.
constexpr std::int64_t attachment_bytes_max = 50LL * 1024 * 1024;

struct ApiSettings {
  bool demonstration = false;
  /// A proxy that speaks TLS to the outside stands before us: cookies are Secure, the last
  /// X-Forwarded-For is the client, X-Forwarded-Proto the scheme.
  bool behind_proxy = false;
  bool tls = false;
  std::chrono::minutes session_idle_max{8 * 60};
  std::chrono::hours session_age_max{7 * 24};
};

struct Services {
  Engine& engine;
  Store& store;
  BlobStore& blobs;
  PasswordWorker& passwords;
  SignInThrottle& throttle;
  EventsHub& hub;
  HttpMetrics& metrics;
  const WebFiles& web_files;
  ApiSettings settings;
  /// The real time: sessions and throttling follow it even where the engine's clock is virtual,
  /// so that moving a demonstration by a year signs nobody out.
  const Clock& wall_clock;
  boost::asio::thread_pool& workers;     ///< For what blocks: file syncs, backup, verify.
  std::function<RelayCounters()> relay;  ///< Empty: no broker is configured.
  std::function<MailCounters()> mail;    ///< Empty: no mail server is configured.
  RehearsalRoom* rehearsals = nullptr;
};

}  // namespace kyhan
