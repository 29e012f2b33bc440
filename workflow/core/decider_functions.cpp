// Functions of the default catalog that end at once: `calendar` and `notify`.

#include "workflow/core/codec.hpp"
#include "workflow/core/decider.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {

Outcome<Json> Decider::run_calendar(const Json& with) {
  // The step's own calendar and zone serve a form that names none.
  Json form = with.contains("add") ? with.at("add") : Json();
  for (const char* name : {"calendar", "timeZone"}) {
    if (form.is_object() && !form.contains(name) && with.contains(name)) form[name] = with.at(name);
  }
  const std::string zone = form.is_object() && form.contains("timeZone")
                               ? form.value("timeZone", "")
                               : calendar_for(form, state_.unit).zone();
  Instant from = now_.at;
  if (with.contains("from") && with.at("from").is_string()) {
    const std::string text = with.at("from").get<std::string>();
    Result<Instant> instant = parse_rfc3339(text);
    if (instant) {
      from = *instant;
    } else {
      Result<Date> date = parse_iso_date(text);
      if (!date || !zone_exists(zone)) {
        return standard_error("validation", 400, "calendar.from: " + instant.error().detail.en);
      }
      from = instant_at(*date, std::chrono::minutes{0}, zone);
    }
  }
  Outcome<DueDate> due = compute(form, state_.unit, from, {});
  if (!due) {
    WorkflowError error = due.error();
    error.detail = "calendar.add: " + error.detail;
    return error;
  }
  Duration length;
  length.exact = std::max(Milliseconds{0}, due->instant - now_.at);
  return given({{"instant", to_rfc3339(due->instant, zone)},
                {"date", to_iso_date(due->date)},
                {"at", to_rfc3339(due->instant, zone).substr(11, 5)},
                {"duration", to_iso_duration(length)},
                {"provisional", due->provisional}});
}

Outcome<Json> Decider::run_notify(const Step& step, const Json& with) {
  Task nobody;
  nobody.unit = state_.unit;
  const std::vector<PersonId> people = addressees(with.at("to"), nobody);
  const Text title = text_of(with.contains("title") ? with.at("title") : Json(step.name));
  const Text body = text_of(with.contains("body") ? with.at("body") : Json(""));
  Json ids = Json::array();
  Notify notify{people, "notice", title, body, TaskId{}};
  notify.source = state_.id.text() + "-" + std::to_string(state_.revision) + "/notice";
  plan_deliveries(notify);
  for (std::size_t i = 0; i < people.size(); ++i) {
    Json data = {{"to", people[i].text()}, {"step", step.name}};
    for (const char* field : {"channel", "template"}) {
      if (with.contains(field)) data[field] = with.at(field);
    }
    say_delivery(data, notify, i);
    ids.push_back(notify.source + "/" + people[i].text());
    publish("reminder", "notice", state_.unit, state_.id.text(), std::move(data),
            ids.back().get<std::string>());
  }
  if (!people.empty()) effect(std::move(notify));
  return given({{"ids", std::move(ids)}});
}

}  // namespace kyhan
