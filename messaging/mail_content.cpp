#include "messaging/mail_content.hpp"

#include <algorithm>

#include "workflow/core/due_form.hpp"
#include "workflow/core/preferences.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/engine/engine.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

const Json& part(const Json& object, const char* name) {
  static const Json null;
  if (!object.is_object()) return null;
  const auto found = object.find(name);
  return found == object.end() ? null : *found;
}

std::string text_of(const Json& object, const char* name) {
  const Json& value = part(object, name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

const std::string& in(const std::string& language, const Text& text) {
  return language == "en" ? text.en : text.vi;
}

/// Message ids hold no blanks, slashes or brackets: what our keys have of them becomes a dot.
std::string as_message_id(std::string key) {
  for (char& c : key) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-' || c == '_';
    if (!plain) c = '.';
  }
  return key;
}

bool is_digest(const CloudEvent& event) {
  return text_of(event, "type") == "vn.kyhan.reminder.digest.v1";
}

}  // namespace

bool is_for_mail(const CloudEvent& event) {
  const std::string type = text_of(event, "type");
  if (!type.starts_with("vn.kyhan.reminder.") || addressee_of(event).empty()) return false;
  return is_digest(event) || text_of(part(event, "data"), "delivery") == "now";
}

PersonId addressee_of(const CloudEvent& event) {
  return PersonId{text_of(part(event, "data"), "to")};
}

/// One notice with its task as it stands now.
struct MailWriter::Item {
  NotificationRow notice;
  std::optional<TaskRow> task;
  [[nodiscard]] bool overdue(Instant now) const {
    return task && (task->overdue || (task->due_at && *task->due_at <= now));
  }
};

MailWriter::MailWriter(Store& store, Engine& engine, std::shared_ptr<const MailTemplates> templates,
                       MailWriting writing)
    : store_(store),
      engine_(engine),
      templates_(std::move(templates)),
      writing_(std::move(writing)) {}

/// Empty when the notice is gone, or when it does not concern the person any more.
Result<std::optional<MailWriter::Item>> MailWriter::item(const PersonId& person,
                                                         std::int64_t notification,
                                                         const std::string& source) const {
  const ReadLease reads = store_.reads();
  const auto found = notification > 0 ? reads->find_notification(notification)
                                      : reads->find_notification(person, source);
  if (!found) return found.error();
  if (!*found || (**found).person != person) return std::optional<Item>{};
  Item made{**found, std::nullopt};
  if (made.notice.task.empty()) return std::optional{std::move(made)};
  auto task = reads->find_task(made.notice.task);
  if (!task) return task.error();
  made.task = std::move(*task);
  if (made.notice.kind == "task.expired" || !made.task) return std::optional{std::move(made)};
  const bool open =
      made.task->state == TaskState::offered || made.task->state == TaskState::claimed;
  if (!open) return std::optional<Item>{};
  if (!made.task->holder.empty() && made.task->holder != person) {
    const auto directory = engine_.directory();
    const bool could = std::ranges::any_of(made.task->candidates, [&](const std::string& key) {
      const Result<Candidate> candidate = candidate_from_key(key);
      return candidate && directory->matches(*candidate, person);
    });
    if (could) return std::optional<Item>{};  // Somebody else has taken it.
  }
  return std::optional{std::move(made)};
}

Json MailWriter::item_json(const Item& item, const std::string& language) const {
  Json json = {{"title", in(language, item.notice.title)},
               {"what", in(language, item.notice.body)},
               {"url", writing_.public_url},
               {"case", ""},
               {"unit", ""},
               {"due", false},
               {"overdue", item.overdue(engine_.clock().now())}};
  if (!item.notice.task.empty()) {
    json["url"] = writing_.public_url + "/tasks/" + item.notice.task.text();
  } else if (!item.notice.instance.empty()) {
    json["url"] = writing_.public_url + "/plans/" + item.notice.instance.text();
  }
  if (!item.task) return json;
  json["case"] = in(language, item.task->instance_title);
  const auto directory = engine_.directory();
  if (const Unit* unit = directory->find_unit(item.task->unit)) {
    json["unit"] = in(language, unit->name);
  }
  if (const Result<Date> day = parse_iso_date(item.task->due_date)) {
    json["due"] = in(language, long_day(*day));
  }
  return json;
}

Result<std::variant<MailMessage, MailSkipped>> MailWriter::write(const std::string& id,
                                                                 const CloudEvent& event) const {
  using Made = std::variant<MailMessage, MailSkipped>;
  const auto directory = engine_.directory();
  const PersonId who = addressee_of(event);
  const Person* person = directory->find_person(who);
  if (person == nullptr) return Made{MailSkipped{"there is no such person"}};
  if (!is_email_address(person->email))
    return Made{MailSkipped{"the person has no e-mail address"}};
  const auto book = engine_.preferences();
  const Preferences& wish = book->of(who);
  if (!wish.email) return Made{MailSkipped{"the person wants no e-mail"}};

  const Json& data = part(event, "data");
  const bool digest = is_digest(event);
  std::vector<Item> items;
  const auto add = [&](std::int64_t notification, const std::string& source) -> Result<void> {
    Result<std::optional<Item>> one = item(who, notification, source);
    if (!one) return one.error();
    if (*one) items.push_back(std::move(**one));
    return {};
  };
  if (digest) {
    for (const Json& one : part(data, "items")) {
      const Json& number = part(one, "notification");
      if (!number.is_number_integer()) continue;
      if (auto done = add(number.get<std::int64_t>(), {}); !done) return done.error();
    }
  } else {
    const Json& number = part(data, "notification");
    const std::string end = "/" + who.text();
    const std::string source = id.ends_with(end) ? id.substr(0, id.size() - end.size()) : id;
    if (auto done = add(number.is_number_integer() ? number.get<std::int64_t>() : 0, source);
        !done) {
      return done.error();
    }
  }
  if (items.empty()) return Made{MailSkipped{"done, or taken by somebody else"}};

  const Instant now = engine_.clock().now();
  std::ranges::stable_sort(items, [now](const Item& a, const Item& b) {
    const auto rank = [now](const Item& one) {
      return std::pair{one.overdue(now) ? 0 : 1,
                       one.task && one.task->due_at ? *one.task->due_at : Instant::max()};
    };
    return rank(a) < rank(b);
  });
  const std::string& language = wish.language;
  Json context = digest ? Json::object() : item_json(items.front(), language);
  context["name"] = person->name;
  context["settingsUrl"] = writing_.public_url + "/notifications";
  context["late"] = part(data, "late") == true;
  context["count"] = items.size();
  context["single"] = items.size() == 1;
  context["more"] = part(data, "more").is_number() ? part(data, "more") : Json(false);
  context["items"] = Json::array();
  std::size_t overdue = 0;
  for (const Item& one : items) {
    context["items"].push_back(item_json(one, language));
    overdue += one.overdue(now) ? 1 : 0;
  }
  context["overdueCount"] = overdue > 0 ? Json(overdue) : Json(false);

  const std::string asked = text_of(data, "template");
  const std::string name = digest                                         ? std::string("digest")
                           : templates_->contains(asked)                  ? asked
                           : items.front().notice.kind == "task.reminder" ? std::string("reminder")
                                                                          : std::string("notice");
  const RenderedMail rendered = templates_->render(name, language, context);
  const std::string domain = writing_.from.address.substr(writing_.from.address.find('@') + 1);
  MailMessage mail;
  mail.from = writing_.from;
  mail.to = {person->name, person->email};
  mail.subject = rendered.subject;
  mail.text = rendered.text;
  mail.html = rendered.html;
  mail.date = now;
  mail.id = as_message_id(id) + "@" + domain;
  if (!digest && !items.front().notice.instance.empty()) {
    mail.thread = "case." + as_message_id(items.front().notice.instance.text()) + "@" + domain;
  }
  mail.language = language;
  if (writing_.unsubscribe && book->limits().email_may_be_off) {
    mail.unsubscribe = writing_.unsubscribe(who);
  }
  mail.more.emplace_back("X-Kyhan-Reminder", as_message_id(id));
  return Made{std::move(mail)};
}

}  // namespace kyhan
