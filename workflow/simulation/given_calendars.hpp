#pragma once
/// The calendar that a command line gives stands in for the built-in one.

#include <memory>

#include "workflow/core/calendar.hpp"

namespace kyhan {

class GivenCalendars final : public Calendars {
 public:
  GivenCalendars(std::shared_ptr<const Calendars> others, std::shared_ptr<const Calendar> given)
      : others_(std::move(others)), given_(std::move(given)) {}
  [[nodiscard]] const Calendar* find(const std::string& id) const override {
    return id == given_->id() ? given_.get() : others_->find(id);
  }
  [[nodiscard]] const Calendar& built_in() const override { return *given_; }

 private:
  std::shared_ptr<const Calendars> others_;
  std::shared_ptr<const Calendar> given_;
};

}  // namespace kyhan
