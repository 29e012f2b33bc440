// Publishing with confirms. Everything of a batch is sent before the first confirm is awaited, so a
// round trip to the broker (and its disk) is paid once a batch, not once a message.

#include <set>
#include <sys/socket.h>

#include "messaging/rabbit.hpp"
#include "messaging/rabbit_wire.hpp"

namespace kyhan {
namespace {

/// How often a wait for confirms looks whether it was interrupted.
constexpr Milliseconds look_up_every{250};

/// Which messages of one batch the broker still owes a word about.
class Confirms {
 public:
  explicit Confirms(std::uint64_t first_tag) : first_(first_tag) {}

  void expect(std::uint64_t tag) { open_.insert(tag); }
  void settle(const wire::Notice& notice) {
    const auto begin = notice.multiple ? open_.begin() : open_.lower_bound(notice.tag);
    const auto end = open_.upper_bound(notice.tag);
    if (notice.kind == wire::Notice::Kind::refused && begin != end) {
      refused_ = refused_ ? std::min(*refused_, *begin) : *begin;
    }
    open_.erase(begin, end);
  }
  [[nodiscard]] bool all_settled() const { return open_.empty(); }
  [[nodiscard]] bool any_refused() const { return refused_.has_value(); }
  /// Length of the front part of the batch that is surely with the broker.
  [[nodiscard]] std::size_t confirmed(std::uint64_t next_tag) const {
    std::uint64_t end = open_.empty() ? next_tag : *open_.begin();
    if (refused_) end = std::min(end, *refused_);
    return static_cast<std::size_t>(end - first_);
  }

 private:
  std::uint64_t first_;
  std::set<std::uint64_t> open_;
  std::optional<std::uint64_t> refused_;
};

}  // namespace

RabbitPublisher::RabbitPublisher(RabbitEndpoint endpoint, RabbitTimeouts timeouts)
    : endpoint_(std::move(endpoint)), timeouts_(timeouts) {}
RabbitPublisher::~RabbitPublisher() = default;

PublishReport RabbitPublisher::publish(const std::vector<OutboxMessage>& batch) {
  PublishReport report;
  if (const Result<void> connected = ensure_connected(); !connected) {
    report.fault = connected.error();
    return report;
  }

  Confirms confirms{next_tag_};
  for (const OutboxMessage& message : batch) {
    if (const Result<void> sent = wire::publish(connection_.get(), message); !sent) {
      // Confirms of what went before may lie unread in the socket; they are worth nothing now: the
      // batch is sent again, and repeats carry the same ids.
      report.fault = sent.error();
      drop_connection();
      return report;
    }
    confirms.expect(next_tag_++);
  }

  Milliseconds silent{0};
  while (!confirms.all_settled()) {
    const Result<std::optional<wire::Notice>> notice =
        wire::next_notice(connection_.get(), look_up_every);
    if (!notice) {
      report.fault = notice.error();
    } else if (*notice) {
      silent = Milliseconds{0};
      if ((*notice)->kind == wire::Notice::Kind::returned) {
        ++report.unroutable;
      } else {
        confirms.settle(**notice);
      }
    } else if (silent += look_up_every; silent >= timeouts_.confirm) {
      report.fault = wire::broker_error("wait", "no confirm in time");
    } else if (interrupted_) {
      report.fault = wire::broker_error("wait", "interrupted");
    }
    if (report.fault) break;
  }
  report.confirmed = confirms.confirmed(next_tag_);
  if (report.fault) {
    drop_connection();
  } else if (confirms.any_refused()) {
    report.fault = wire::broker_error("publish", "the broker refused a message (nack)");
  }
  return report;
}

Result<void> RabbitPublisher::idle() {
  if (const Result<void> connected = ensure_connected(); !connected) return connected;
  // Nothing is owed here, so any notice is a late one and means nothing.
  const Result<std::optional<wire::Notice>> notice =
      wire::next_notice(connection_.get(), Milliseconds{0});
  if (notice) return {};
  drop_connection();
  return notice.error();
}

void RabbitPublisher::interrupt() {
  interrupted_ = true;
  const std::lock_guard lock{mutex_};
  // Wakes a send that waits for a broker which has stopped reading; closing stays with the owner.
  if (connection_) ::shutdown(amqp_get_sockfd(connection_.get()), SHUT_RDWR);
}

Result<void> RabbitPublisher::ensure_connected() {
  if (interrupted_) return wire::broker_error("connect", "interrupted");
  if (connection_) return {};
  Result<RabbitConnection> opened = wire::connect(endpoint_, timeouts_);
  if (!opened) return opened.error();
  if (Result<void> done = wire::declare_topology(opened->get()); !done) return done;
  if (Result<void> done = wire::ask_for_confirms(opened->get()); !done) return done;
  const std::lock_guard lock{mutex_};
  connection_ = std::move(*opened);
  next_tag_ = 1;  // Confirms count from one on every new channel.
  return {};
}

void RabbitPublisher::drop_connection() {
  const std::lock_guard lock{mutex_};
  connection_.reset();
}

}  // namespace kyhan
