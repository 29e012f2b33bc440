#pragma once
/// Live hints to the pages (server-sent events): "this task has changed, read it again".

#include <boost/asio/any_io_executor.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "api/http.hpp"
#include "workflow/engine/changes.hpp"

namespace kyhan {

struct HubLimits {
  std::size_t streams_per_person_max = 12;
  std::size_t streams_max = 2000;
  std::size_t remembered_max = 4096;  ///< Changes kept for clients that come back.
  std::size_t waiting_max = 512;      ///< Hints one stream may lag behind; then it gets a resync.
  std::chrono::seconds ping_every{15};
};

/// Whom a stream is for: what the person may be told about.
struct Listener {
  PersonId person;
  bool everything = false;
  std::set<UnitId> units;      ///< Overseen.
  std::set<std::string> keys;  ///< Directory::keys_of.
};

class EventStream;

/// Thread safe. Must outlive its streams.
class EventsHub {
 public:
  explicit EventsHub(HubLimits limits = {});
  ~EventsHub();

  /// Takes what was committed. Called on the engine thread; quick.
  void tell(const std::vector<Change>& changes);

  /// A body that never ends by itself. `last_event_id` as the client sends it; what was missed
  /// since is sent first, or a `resync` when that is no longer known. Errors: `too_many`
  /// "too-many-streams".
  [[nodiscard]] Result<std::unique_ptr<BodySource>> open(Listener listener,
                                                         std::string_view last_event_id,
                                                         asio::any_io_executor executor);
  void close_all();  ///< Ends every stream now; later ones end at once.
  [[nodiscard]] std::size_t streams() const;

 private:
  friend class EventStream;
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace kyhan
