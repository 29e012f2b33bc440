#pragma once
/// How people wish to be told of things, within what the administrator allows, and what that makes
/// of one notice: told at once, kept for a digest or for the end of quiet hours, or left to the
/// bell.

#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "workflow/core/calendar.hpp"
#include "workflow/core/directory.hpp"
#include "workflow/core/model.hpp"

namespace kyhan {

/// What people choose by. Every kind of Notify belongs to one of them.
enum class NoticeKind { created, reminder, overdue, escalated, mention, notice };
inline constexpr std::array notice_kinds{NoticeKind::created, NoticeKind::reminder,
                                         NoticeKind::overdue, NoticeKind::escalated,
                                         NoticeKind::mention, NoticeKind::notice};
enum class NoticeMode { immediate, digest, off };
inline constexpr std::array notice_modes{NoticeMode::immediate, NoticeMode::digest,
                                         NoticeMode::off};

[[nodiscard]] std::string_view to_text(NoticeKind kind);
[[nodiscard]] std::string_view to_text(NoticeMode mode);
/// Of Notify::kind: "task.reminder" is `reminder`; what has no kind of its own is a `notice`.
[[nodiscard]] NoticeKind notice_kind_of(std::string_view notify_kind);

/// Minutes from local midnight. From evening to morning when `from` is later than `to`.
struct QuietHours {
  std::chrono::minutes from{}, to{};
  bool days_off = true;  ///< Days off are quiet as a whole.
  friend bool operator==(const QuietHours&, const QuietHours&) = default;
};

/// What holds for one person.
struct Preferences {
  std::string language = "vi";                  ///< vi | en
  bool email = true;                            ///< Where e-mail is configured.
  std::chrono::minutes digest_at{7 * 60 + 30};  ///< On working days.
  std::optional<QuietHours> quiet;              ///< Empty: none.
  std::map<NoticeKind, NoticeMode> kinds;       ///< Every kind.
  friend bool operator==(const Preferences&, const Preferences&) = default;
};

/// What a person has set; the rest follows the administrator's defaults.
struct ChosenPreferences {
  std::optional<std::string> language;
  std::optional<bool> email;
  std::optional<std::chrono::minutes> digest_at;
  std::optional<std::optional<QuietHours>> quiet;
  std::map<NoticeKind, NoticeMode> kinds;
};

/// What the administrator sets.
struct NoticeLimits {
  Preferences defaults;
  std::map<NoticeKind, std::set<NoticeMode>> allowed;  ///< Every kind, never empty.
  std::chrono::minutes digest_from{6 * 60}, digest_to{12 * 60};
  std::chrono::minutes quiet_max{15 * 60};  ///< Of a working day.
  bool email_may_be_off = true;
};

/// Built in: one digest on working days at 07:30; at once what is overdue, escalated, a mention or a
/// notice;
/// quiet from 18:00 to 07:30 and on days off; reminders, overdue, escalations and mentions cannot be
/// off.
[[nodiscard]] NoticeLimits default_limits();

/// Reads {language, email, digest: {at}, quiet: {from, to, daysOff} | null, kinds: {kind: mode}},
/// each optional. Errors: `invalid` "preferences-invalid" with every fault; what the limits do not
/// allow has the code "not-allowed". Without limits (what was stored under earlier ones) nothing is
/// compared: PreferenceBook::of does.
[[nodiscard]] Result<ChosenPreferences> parse_preferences(const Json& document,
                                                          const NoticeLimits* limits);
/// Reads {defaults, allowed: {kind: [mode]}, digestBetween: [from, to], quietMax, emailMayBeOff},
/// each optional: the rest stays built in. Errors: `invalid` "limits-invalid".
[[nodiscard]] Result<NoticeLimits> parse_limits(const Json& document);

[[nodiscard]] Json to_json(const Preferences& preferences);
[[nodiscard]] Json to_json(const NoticeLimits& limits);
[[nodiscard]] Json to_json(const ChosenPreferences& chosen);

/// Everybody's: an immutable snapshot.
class PreferenceBook {
 public:
  using Chosen = std::map<PersonId, ChosenPreferences>;

  PreferenceBook() : PreferenceBook(default_limits(), {}) {}
  PreferenceBook(NoticeLimits limits, Chosen chosen);

  [[nodiscard]] const NoticeLimits& limits() const { return limits_; }
  [[nodiscard]] const Chosen& chosen() const { return chosen_; }
  [[nodiscard]] const ChosenPreferences& chosen_by(const PersonId& person) const;
  /// What holds for a person: chosen, else default; what is not allowed any more falls back to the
  /// default.
  [[nodiscard]] const Preferences& of(const PersonId& person) const;

 private:
  [[nodiscard]] Preferences resolve(const ChosenPreferences& own) const;

  NoticeLimits limits_;
  Chosen chosen_;
  std::map<PersonId, Preferences> holds_;  ///< Of those who chose.
};

[[nodiscard]] std::string_view to_text(Delivery::How how);

/// The calendar a person works by: their principal unit's, up to the first that has one.
[[nodiscard]] const Calendar& calendar_of(const PersonId& person, const Directory& directory,
                                          const Calendars& calendars);
/// The calendar of a unit: its own, else of the units above it, at last the built-in one.
[[nodiscard]] const Calendar& calendar_of(const UnitId& unit, const Directory& directory,
                                          const Calendars& calendars);

/// The first digest after `now`.
[[nodiscard]] Instant next_digest(const Preferences& preferences, const Calendar& calendar,
                                  Instant now);
/// `now`, or the end of the quiet hours it lies in.
[[nodiscard]] Instant end_of_quiet(const Preferences& preferences, const Calendar& calendar,
                                   Instant now);

/// Urgent is told at once whatever the digest: what `notice.urgent` says, and what would be too
/// late when the digest comes. Quiet hours hold everything.
[[nodiscard]] Delivery plan_delivery(const Preferences& preferences, const Calendar& calendar,
                                     const Notify& notice, Instant now);

}  // namespace kyhan
