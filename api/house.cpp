#include "api/house.hpp"

#include <boost/asio/thread_pool.hpp>
#include <spdlog/spdlog.h>

#include "api/events_hub.hpp"
#include "api/metrics.hpp"
#include "api/throttle.hpp"
#include "api/web_files.hpp"
#include "messaging/rabbit.hpp"
#include "workflow/calls/http_calls.hpp"
#include "workflow/calls/secret_files.hpp"
#include "workflow/store/blob_store.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

/// How long after its upload a file may be without a row: uploads end within minutes.
constexpr std::chrono::hours file_without_row_max{1};

/// Removes the bytes of uploads that no row names any more.
void sweep_files(Store& store, const BlobStore& files) {
  const Result<int> removed = files.sweep(
      [&store](const Sha256& sha256) {
        const Result<bool> named = store.reads()->attachment_bytes_named(to_hex(sha256));
        return !named || *named;
      },
      file_without_row_max);
  if (!removed) {
    spdlog::warn("attachments were not swept: {}", removed.error().detail.en);
  } else if (*removed > 0) {
    spdlog::info("{} files that nothing names were removed", *removed);
  }
}

}  // namespace

/// In the order they are built; destroyed the other way round.
struct House::Parts {
  Parts(const HouseOptions& options, std::unique_ptr<Store> opened, std::unique_ptr<Engine> running,
        BlobStore files)
      : store(std::move(opened)),
        engine(std::move(running)),
        blobs(std::move(files)),
        passwords(options.password_cost),
        web_files(options.web_root),
        services{*engine,   *store,           blobs,      passwords, throttle, hub, metrics,
                 web_files, options.settings, wall_clock, workers,   {}},
        dispatcher(services) {
    listening =
        engine->subscribe([this](const std::vector<Change>& changes) { hub.tell(changes); });
    if (!options.amqp_url.empty()) {
      publisher = std::make_unique<RabbitPublisher>(*parse_amqp_url(options.amqp_url));
      relay = std::make_unique<Relay>(*store, *engine, *publisher);
      services.relay = [this] { return relay->counters(); };
    }
  }

  std::unique_ptr<Store> store;
  std::unique_ptr<Engine> engine;
  BlobStore blobs;
  SystemClock wall_clock;
  PasswordWorker passwords;
  SignInThrottle throttle;
  EventsHub hub;
  HttpMetrics metrics;
  WebFiles web_files;
  boost::asio::thread_pool workers{1};
  std::unique_ptr<RabbitPublisher> publisher;
  std::unique_ptr<Relay> relay;
  Services services;
  Dispatcher dispatcher;
  int listening = 0;
};

Result<std::unique_ptr<House>> House::build(const HouseOptions& options) {
  if (!options.amqp_url.empty()) {
    const Result<RabbitEndpoint> broker = parse_amqp_url(options.amqp_url);
    if (!broker) return broker.error();
  }
  StoreOptions place;
  place.home = options.home;
  Result<std::unique_ptr<Store>> store = Store::open(place);
  if (!store) return store.error();
  Result<BlobStore> blobs = BlobStore::open((*store)->attachments_folder());
  if (!blobs) return blobs.error();
  EngineConfig config;
  config.limits.recall_grace = options.recall_grace;
  config.demonstration = options.settings.demonstration;
  config.housekeeping = [store = store->get(), files = *blobs] { sweep_files(*store, files); };
  config.clock = options.clock ? options.clock : std::make_shared<SystemClock>();
  if (options.network) config.calls = std::make_shared<HttpCalls>(*options.network);
  if (!options.secrets_dir.empty()) {
    auto folder = std::make_shared<SecretsFolder>(options.secrets_dir);
    config.secrets = [folder] { return folder->current(); };
  }
  Result<std::unique_ptr<Engine>> engine = Engine::open(**store, config);
  if (!engine) return engine.error();
  auto parts =
      std::make_unique<Parts>(options, std::move(*store), std::move(*engine), std::move(*blobs));
  return std::unique_ptr<House>{new House{std::move(parts)}};
}

House::House(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

House::~House() {
  stop();
}

Dispatcher& House::dispatcher() {
  return parts_->dispatcher;
}
Services& House::services() {
  return parts_->services;
}

void House::stop() {
  if (parts_->listening >= 0) parts_->engine->unsubscribe(parts_->listening);
  parts_->listening = -1;
  parts_->workers.join();
  if (parts_->relay) parts_->relay->stop();
  parts_->engine->stop();
}

}  // namespace kyhan
