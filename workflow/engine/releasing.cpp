#include "workflow/engine/releasing.hpp"

#include <algorithm>

#include "workflow/core/codec.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

/// Items of one digest; the rest is a number. A person with more has other worries.
constexpr std::size_t items_max = 200;

/// Whether it still concerns the person.
bool still_matters(const HeldNotice& held, const Directory& directory, const PersonId& person) {
  const NoticeKind kind = notice_kind_of(held.kind);
  if (held.task.empty() || kind == NoticeKind::notice || kind == NoticeKind::mention) return true;
  if (held.kind == "task.expired") return true;  // Tells that the task is gone.
  if (!held.open) return false;
  if (held.holder.empty() || held.holder == person) return true;
  // Somebody else has taken it: those who could have may forget it, a head who was told may not.
  return std::ranges::none_of(held.candidates, [&](const std::string& key) {
    const Result<Candidate> candidate = candidate_from_key(key);
    return candidate && directory.matches(*candidate, person);
  });
}

Json item_of(const HeldNotice& held) {
  Json item = {{"notification", held.id}, {"kind", held.kind}, {"since", to_rfc3339(held.at)}};
  if (!held.task.empty()) item["task"] = held.task.text();
  if (!held.instance.empty()) item["instance"] = held.instance.text();
  if (!held.source.empty()) item["reminder"] = held.source;
  if (held.due_at) item["dueAt"] = to_rfc3339(*held.due_at);
  if (held.overdue) item["overdue"] = true;
  return item;
}

UnitId unit_of(const Directory& directory, const PersonId& person) {
  const Person* known = directory.find_person(person);
  return known == nullptr || known->memberships.empty() ? UnitId{}
                                                        : known->memberships.front().unit;
}

}  // namespace

Result<void> release_notices(Batch& batch, const PersonId& person) {
  Result<std::vector<HeldNotice>> held = batch.work().find_held(person, batch.now());
  if (!held) return held.error();
  const Directory& directory = *batch.snapshot().directory;
  Json items = Json::array();
  std::size_t more = 0;
  std::vector<std::int64_t> left, dropped;
  for (const HeldNotice& one : *held) {
    if (!still_matters(one, directory, person)) {
      dropped.push_back(one.id);
      continue;
    }
    left.push_back(one.id);
    if (items.size() < items_max) {
      items.push_back(item_of(one));
    } else {
      ++more;
    }
  }
  batch.work().stage_released(dropped, "");
  if (left.empty()) return {};
  const std::string id =
      "digest/" + person.text() + "/" + std::to_string(batch.now().time_since_epoch().count());
  batch.work().stage_released(left, id);
  Json data = {{"to", person.text()}, {"items", std::move(items)}};
  if (more > 0) data["more"] = more;
  batch.tell_people(person, unit_of(directory, person), "digest", id, std::move(data));
  return {};
}

}  // namespace kyhan
