#include "workflow/core/preferences.hpp"

#include <algorithm>

#include "workflow/core/time_text.hpp"
#include "workflow/core/unit_calendar.hpp"

namespace kyhan {
namespace {

using std::chrono::days;
using std::chrono::minutes;

/// Longer than any row of days off; beyond it a calendar without working days gives up.
constexpr int days_looked_at_max = 400;

constexpr std::array<std::string_view, 6> kind_names{"created",   "reminder", "overdue",
                                                     "escalated", "mention",  "notice"};
constexpr std::array<std::string_view, 3> mode_names{"immediate", "digest", "off"};

Date day_after(Date date) {
  return std::chrono::sys_days{date} + days{1};
}

/// When a time of day that is quiet stops being so; empty when it is not quiet.
std::optional<minutes> quiet_ends(const QuietHours& quiet, minutes of_day) {
  if (quiet.from <= quiet.to) {
    const bool inside = of_day >= quiet.from && of_day < quiet.to;
    return inside ? std::optional{quiet.to} : std::nullopt;
  }
  if (of_day < quiet.to) return quiet.to;
  return of_day >= quiet.from ? std::optional{quiet.to + days{1}} : std::nullopt;
}

}  // namespace

std::string_view to_text(NoticeKind kind) {
  return kind_names[static_cast<std::size_t>(kind)];
}
std::string_view to_text(NoticeMode mode) {
  return mode_names[static_cast<std::size_t>(mode)];
}

std::string_view to_text(Delivery::How how) {
  constexpr std::array<std::string_view, 3> names{"now", "later", "bell"};
  return names[static_cast<std::size_t>(how)];
}

NoticeKind notice_kind_of(std::string_view kind) {
  if (kind == "task.created") return NoticeKind::created;
  if (kind == "task.reminder") return NoticeKind::reminder;
  if (kind == "task.overdue" || kind == "task.expired") return NoticeKind::overdue;
  if (kind == "task.escalated") return NoticeKind::escalated;
  if (kind == "mention") return NoticeKind::mention;
  return NoticeKind::notice;
}

NoticeLimits default_limits() {
  using enum NoticeMode;
  NoticeLimits limits;
  limits.defaults.quiet = QuietHours{minutes{18 * 60}, minutes{7 * 60 + 30}, true};
  limits.defaults.kinds = {{NoticeKind::created, digest},
                           {NoticeKind::reminder, digest},
                           {NoticeKind::overdue, immediate},
                           {NoticeKind::escalated, immediate},
                           {NoticeKind::mention, immediate},
                           {NoticeKind::notice, immediate}};
  limits.allowed = {{NoticeKind::created, {immediate, digest, off}},
                    {NoticeKind::reminder, {immediate, digest}},
                    {NoticeKind::overdue, {immediate, digest}},
                    {NoticeKind::escalated, {immediate, digest}},
                    {NoticeKind::mention, {immediate, digest}},
                    {NoticeKind::notice, {immediate, digest, off}}};
  return limits;
}

PreferenceBook::PreferenceBook(NoticeLimits limits, Chosen chosen)
    : limits_(std::move(limits)), chosen_(std::move(chosen)) {
  for (const auto& [person, own] : chosen_) holds_.emplace(person, resolve(own));
}

const Preferences& PreferenceBook::of(const PersonId& person) const {
  const auto found = holds_.find(person);
  return found == holds_.end() ? limits_.defaults : found->second;
}

const ChosenPreferences& PreferenceBook::chosen_by(const PersonId& person) const {
  static const ChosenPreferences nothing;
  const auto found = chosen_.find(person);
  return found == chosen_.end() ? nothing : found->second;
}

Preferences PreferenceBook::resolve(const ChosenPreferences& own) const {
  Preferences result = limits_.defaults;
  if (own.language) result.language = *own.language;
  if (own.email && (*own.email || limits_.email_may_be_off)) result.email = *own.email;
  if (own.digest_at) {
    result.digest_at = std::clamp(*own.digest_at, limits_.digest_from, limits_.digest_to);
  }
  if (own.quiet) {
    const auto& quiet = *own.quiet;
    minutes length = quiet ? quiet->to - quiet->from : minutes{0};
    if (length < minutes{0}) length += days{1};
    if (length <= limits_.quiet_max) result.quiet = quiet;
  }
  for (const auto& [kind, mode] : own.kinds) {
    if (limits_.allowed.at(kind).contains(mode)) result.kinds[kind] = mode;
  }
  return result;
}

const Calendar& calendar_of(const UnitId& unit, const Directory& directory,
                            const Calendars& calendars) {
  return calendar_of_unit(calendars, directory, unit);
}

const Calendar& calendar_of(const PersonId& person, const Directory& directory,
                            const Calendars& calendars) {
  const Person* known = directory.find_person(person);
  if (known == nullptr || known->memberships.empty()) return calendars.built_in();
  return calendar_of(known->memberships.front().unit, directory, calendars);
}

Instant next_digest(const Preferences& preferences, const Calendar& calendar, Instant now) {
  Date day = date_in_zone(now, calendar.zone());
  for (int i = 0; i < days_looked_at_max; ++i, day = day_after(day)) {
    if (!calendar.day(day).working) continue;
    const Instant at = instant_at(day, preferences.digest_at, calendar.zone());
    if (at > now) return at;
  }
  return now + days{1};
}

Instant end_of_quiet(const Preferences& preferences, const Calendar& calendar, Instant now) {
  if (!preferences.quiet) return now;
  const QuietHours& quiet = *preferences.quiet;
  Instant at = now;
  for (int i = 0; i < days_looked_at_max; ++i) {
    const Date day = date_in_zone(at, calendar.zone());
    if (quiet.days_off && !calendar.day(day).working) {
      at = instant_at(day_after(day), minutes{0}, calendar.zone());
      continue;
    }
    const auto of_day =
        std::chrono::duration_cast<minutes>(at - instant_at(day, minutes{0}, calendar.zone()));
    const std::optional<minutes> end = quiet_ends(quiet, of_day);
    if (!end) return at;
    at = *end >= days{1} ? instant_at(day_after(day), *end - days{1}, calendar.zone())
                         : instant_at(day, *end, calendar.zone());
  }
  return now;
}

Delivery plan_delivery(const Preferences& preferences, const Calendar& calendar,
                       const Notify& notice, Instant now) {
  const NoticeMode mode = preferences.kinds.at(notice_kind_of(notice.kind));
  if (mode == NoticeMode::off) return {Delivery::How::bell, {}};
  if (mode == NoticeMode::digest && !notice.urgent) {
    const Instant digest = next_digest(preferences, calendar, now);
    const bool too_late = notice.due_at && *notice.due_at > now && *notice.due_at <= digest;
    if (!too_late) return {Delivery::How::later, digest};
  }
  const Instant awake = end_of_quiet(preferences, calendar, now);
  if (awake > now) return {Delivery::How::later, awake};
  return {Delivery::How::now, now};
}

}  // namespace kyhan
