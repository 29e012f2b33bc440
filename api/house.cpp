#include "api/house.hpp"

#include <boost/asio/thread_pool.hpp>
#include <spdlog/spdlog.h>

#include "api/events_hub.hpp"
#include "api/metrics.hpp"
#include "api/rehearsals.hpp"
#include "api/throttle.hpp"
#include "api/unsubscribe.hpp"
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

/// The mailer with what it reads from and buries in.
struct PostOffice {
  PostOffice(Store& store, Engine& engine, const RabbitEndpoint& broker,
             std::shared_ptr<const MailTemplates> templates, MailSettings settings)
      : queue(broker, std::string{reminders_queue}, static_cast<int>(settings.limits.taken_max)),
        dead_letters(broker),
        mailer(store, engine, queue, dead_letters, std::move(templates), std::move(settings)) {}
  RabbitQueueReader queue;
  RabbitDeadLetters dead_letters;
  Mailer mailer;
};

/// Null when no e-mail is configured.
Result<std::unique_ptr<PostOffice>> open_post_office(const HouseOptions& options, Store& store,
                                                     Engine& engine) {
  if (!options.mail || options.amqp_url.empty()) return std::unique_ptr<PostOffice>{};
  const MailOptions& mail = *options.mail;
  Result<std::shared_ptr<const MailTemplates>> templates = MailTemplates::load(mail.templates);
  if (!templates) return templates.error();
  const Result<std::string> key = mail_key(store, engine);
  if (!key) return key.error();
  MailSettings settings;
  settings.smtp = mail.smtp;
  settings.limits = mail.limits;
  settings.writing.from = read_mailbox(mail.from);
  settings.writing.public_url = mail.public_url;
  settings.writing.unsubscribe = [key = *key, url = mail.public_url](const PersonId& person) {
    return url + "/api/v1/mail/unsubscribe/" + unsubscribe_token(key, person);
  };
  return std::make_unique<PostOffice>(store, engine, *parse_amqp_url(options.amqp_url),
                                      std::move(*templates), std::move(settings));
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
                 web_files, options.settings, wall_clock, workers,   {},        {}},
        dispatcher(services) {
    services.rehearsals = &rehearsals;
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
  RehearsalRoom rehearsals;
  std::unique_ptr<RabbitPublisher> publisher;
  std::unique_ptr<Relay> relay;
  std::unique_ptr<PostOffice> post_office;
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
  auto post_office = open_post_office(options, *parts->store, *parts->engine);
  if (!post_office) return post_office.error();
  if (*post_office) {
    parts->post_office = std::move(*post_office);
    Mailer& mailer = parts->post_office->mailer;
    parts->services.mail = [&mailer] { return mailer.counters(); };
  }
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
  parts_->rehearsals.stop();
  if (parts_->post_office) parts_->post_office->mailer.stop();
  if (parts_->relay) parts_->relay->stop();
  parts_->engine->stop();
}

}  // namespace kyhan
