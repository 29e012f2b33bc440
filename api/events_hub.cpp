#include "api/events_hub.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>

#include "api/passwords.hpp"
#include "workflow/core/json.hpp"

namespace kyhan {
namespace {

constexpr auto token = asio::as_tuple(asio::use_awaitable);

std::string_view name_of(Change::Kind kind) {
  switch (kind) {
    case Change::Kind::task:
      return "task";
    case Change::Kind::instance:
      return "instance";
    case Change::Kind::notification:
      return "notification";
    case Change::Kind::clock:
      return "clock";
  }
  return "resync";
}

bool concerns(const Listener& listener, const Change& change) {
  if (change.kind == Change::Kind::clock) return true;
  const bool by_name = std::find(change.persons.begin(), change.persons.end(), listener.person) !=
                       change.persons.end();
  if (change.kind == Change::Kind::notification) return by_name;
  if (by_name || listener.everything || listener.units.contains(change.unit)) return true;
  return std::any_of(change.keys.begin(), change.keys.end(),
                     [&](const std::string& key) { return listener.keys.contains(key); });
}

}  // namespace

/// What one stream still has to send. Shared by the stream and the hub.
struct Mailbox {
  Mailbox(Listener whom, const asio::any_io_executor& executor)
      : listener(std::move(whom)), timer(executor) {}
  std::mutex mutex;
  Listener listener;
  std::string text;       ///< Events in wire form.
  std::size_t count = 0;  ///< Of them.
  bool closed = false;
  asio::steady_timer timer;  ///< On the connection's strand only.
};

struct EventsHub::Shared {
  explicit Shared(HubLimits wanted) : limits(wanted), boot(random_token(6)) {}

  HubLimits limits;
  std::string boot;  ///< Sequences count from 1 in each process; this tells processes apart.
  mutable std::mutex mutex;
  std::deque<Change> remembered;
  std::set<std::shared_ptr<Mailbox>> open;
  bool closed = false;

  std::string wire(std::string_view kind, std::int64_t sequence, const std::string& id) const {
    const Json data = {{"id", id}, {"kind", kind}};
    return "event: " + std::string{kind} + "\nid: " + boot + "-" + std::to_string(sequence) +
           "\ndata: " + data.dump() + "\n\n";
  }

  std::int64_t latest() const { return remembered.empty() ? 0 : remembered.back().sequence; }

  /// What a client that has seen `last` has missed; empty optional: nobody knows.
  std::optional<std::int64_t> seen(std::string_view last) const {
    if (!last.starts_with(boot) || last.size() < boot.size() + 2) return std::nullopt;
    last.remove_prefix(boot.size() + 1);
    std::int64_t sequence = -1;
    std::from_chars(last.data(), last.data() + last.size(), sequence);
    const std::int64_t oldest = remembered.empty() ? 0 : remembered.front().sequence - 1;
    if (sequence < oldest || sequence > latest()) return std::nullopt;
    return sequence;
  }
};

class EventStream final : public BodySource {
 public:
  EventStream(std::shared_ptr<EventsHub::Shared> hub, std::shared_ptr<Mailbox> mailbox)
      : hub_(std::move(hub)), mailbox_(std::move(mailbox)) {}
  ~EventStream() override {
    const std::lock_guard lock{hub_->mutex};
    hub_->open.erase(mailbox_);
  }

  asio::awaitable<std::string> next() override {
    if (!greeted_) {
      greeted_ = true;
      co_return std::string{"retry: 3000\n\n"};
    }
    for (bool waited = false;; waited = true) {
      std::string text;
      if (take(text)) co_return text;
      if (waited && timed_out_) co_return std::string{": ping\n\n"};
      mailbox_->timer.expires_after(hub_->limits.ping_every);
      auto [error] = co_await mailbox_->timer.async_wait(token);
      timed_out_ = !error;
    }
  }

 private:
  /// False: nothing to send yet. An empty text ends the stream.
  bool take(std::string& text) {
    const std::lock_guard lock{mailbox_->mutex};
    if (mailbox_->closed) return true;
    if (mailbox_->text.empty()) return false;
    text = std::move(mailbox_->text);
    mailbox_->text.clear();
    mailbox_->count = 0;
    return true;
  }

  std::shared_ptr<EventsHub::Shared> hub_;
  std::shared_ptr<Mailbox> mailbox_;
  bool greeted_ = false;
  bool timed_out_ = false;
};

namespace {

void wake(const std::shared_ptr<Mailbox>& mailbox) {
  asio::post(mailbox->timer.get_executor(), [mailbox] { mailbox->timer.cancel(); });
}

}  // namespace

EventsHub::EventsHub(HubLimits limits) : shared_(std::make_shared<Shared>(limits)) {}
EventsHub::~EventsHub() {
  close_all();
}

void EventsHub::tell(const std::vector<Change>& changes) {
  Shared& hub = *shared_;
  const std::lock_guard lock{hub.mutex};
  for (const Change& change : changes) {
    hub.remembered.push_back(change);
    if (hub.remembered.size() > hub.limits.remembered_max) hub.remembered.pop_front();
  }
  for (const std::shared_ptr<Mailbox>& mailbox : hub.open) {
    bool added = false;
    const std::lock_guard mailbox_lock{mailbox->mutex};
    for (const Change& change : changes) {
      if (!concerns(mailbox->listener, change)) continue;
      if (++mailbox->count > hub.limits.waiting_max) {
        mailbox->text = hub.wire("resync", change.sequence, "");
      } else {
        mailbox->text += hub.wire(name_of(change.kind), change.sequence, change.id);
      }
      added = true;
    }
    if (added) wake(mailbox);
  }
}

Result<std::unique_ptr<BodySource>> EventsHub::open(Listener listener,
                                                    std::string_view last_event_id,
                                                    asio::any_io_executor executor) {
  Shared& hub = *shared_;
  auto mailbox = std::make_shared<Mailbox>(std::move(listener), executor);
  const std::lock_guard lock{hub.mutex};
  const auto same_person = std::count_if(hub.open.begin(), hub.open.end(), [&](const auto& other) {
    return other->listener.person == mailbox->listener.person;
  });
  if (static_cast<std::size_t>(same_person) >= hub.limits.streams_per_person_max ||
      hub.open.size() >= hub.limits.streams_max) {
    return Error{ErrorCode::too_many,
                 "too-many-streams",
                 {"Có quá nhiều cửa sổ đang nhận thông báo trực tiếp.",
                  "Too many windows receive live hints already."}};
  }
  mailbox->closed = hub.closed;
  if (!last_event_id.empty()) {
    if (const auto seen = hub.seen(last_event_id)) {
      for (const Change& change : hub.remembered) {
        if (change.sequence > *seen && concerns(mailbox->listener, change)) {
          mailbox->text += hub.wire(name_of(change.kind), change.sequence, change.id);
        }
      }
    } else {
      mailbox->text = hub.wire("resync", hub.latest(), "");
    }
  }
  hub.open.insert(mailbox);
  return std::unique_ptr<BodySource>{std::make_unique<EventStream>(shared_, std::move(mailbox))};
}

void EventsHub::close_all() {
  const std::lock_guard lock{shared_->mutex};
  shared_->closed = true;
  for (const std::shared_ptr<Mailbox>& mailbox : shared_->open) {
    const std::lock_guard mailbox_lock{mailbox->mutex};
    mailbox->closed = true;
    wake(mailbox);
  }
}

std::size_t EventsHub::streams() const {
  const std::lock_guard lock{shared_->mutex};
  return shared_->open.size();
}

}  // namespace kyhan
