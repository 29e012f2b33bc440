#pragma once
/// Instances that were used lately, so that the next command to one need not read and decode it.
/// Holds committed states only. Engine thread only.

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "workflow/core/model.hpp"
#include "workflow/store/rows.hpp"

namespace kyhan {

/// An instance as the writer works with it.
struct LoadedInstance {
  std::shared_ptr<const State> state;
  InstanceHead head;
  std::size_t bytes = 0;  ///< Of the state as JSON: what it costs, about.
};

/// Least recently used first out, bounded by number and by bytes.
class StateCache {
 public:
  StateCache(std::size_t states_max, std::size_t bytes_max)
      : states_max_(states_max), bytes_max_(bytes_max) {}

  [[nodiscard]] const LoadedInstance* find(const InstanceId& id) {
    const auto found = index_.find(id);
    if (found == index_.end()) return nullptr;
    order_.splice(order_.begin(), order_, found->second);
    return &found->second->second;
  }
  void put(const InstanceId& id, LoadedInstance instance) {
    erase(id);
    bytes_ += instance.bytes;
    order_.emplace_front(id, std::move(instance));
    index_[id] = order_.begin();
    while (!order_.empty() && (order_.size() > states_max_ || bytes_ > bytes_max_)) {
      const InstanceId oldest = order_.back().first;
      erase(oldest);
    }
  }
  void erase(const InstanceId& id) {
    const auto found = index_.find(id);
    if (found == index_.end()) return;
    bytes_ -= found->second->second.bytes;
    order_.erase(found->second);
    index_.erase(found);
  }
  [[nodiscard]] std::size_t size() const { return order_.size(); }

 private:
  std::size_t states_max_;
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::list<std::pair<InstanceId, LoadedInstance>> order_;  ///< Latest first.
  std::unordered_map<InstanceId, decltype(order_)::iterator> index_;
};

}  // namespace kyhan
