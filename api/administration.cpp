// What the command line asks for through the Unix socket: accounts, tokens, imports, upkeep.

#include <algorithm>

#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/passwords.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "api/upkeep.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

bool is_account_name(const std::string& text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
           c == '@';
  });
}

Error bad_account_name() {
  return {ErrorCode::invalid,
          "bad-account",
          {"Tên tài khoản chỉ gồm chữ thường không dấu, số và các ký tự - . _ @, tối đa 64 ký tự.",
           "An account is made of lower-case letters, digits and - . _ @, at most 64 of them."}};
}

Error unknown_person(const std::string& id) {
  return {ErrorCode::invalid,
          "unknown-person",
          {"Không có người nào mã \"" + id + "\" trong tổ chức.",
           "There is no person \"" + id + "\" in the organisation."}};
}

}  // namespace

HandlerResult list_accounts(Call& call) {
  const auto rows = call.services.store.reads()->accounts();
  if (!rows) co_return rows.error();
  Json items = Json::array();
  for (const AccountRow& row : *rows) {
    items.push_back({{"account", row.account},
                     {"person", person_json(*call.directory, row.person)},
                     {"disabled", row.disabled}});
  }
  co_return json_reply(200, {{"items", std::move(items)}});
}

HandlerResult add_account(Call& call) {
  Fields fields{call.body};
  AccountRow row;
  row.account = fields.text("account", Need::required, 64);
  row.person = PersonId{fields.text("person", Need::required, 40)};
  const std::string password = fields.text("password", Need::required, password_bytes_max);
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  if (!is_account_name(row.account)) co_return bad_account_name();
  if (call.directory->find_person(row.person) == nullptr) {
    co_return unknown_person(row.person.text());
  }
  const auto found = call.services.store.reads()->find_account(row.account);
  if (!found) co_return found.error();
  if (*found) {
    co_return Error{ErrorCode::conflict,
                    "account-exists",
                    {"Tài khoản \"" + row.account + "\" đã có.",
                     "The account \"" + row.account + "\" exists already."}};
  }
  Result<std::string> hash = co_await call.services.passwords.hash(password);
  if (!hash) co_return hash.error();
  row.password_hash = std::move(*hash);
  row.changed_at = call.services.wall_clock.now();
  std::function<Result<Json>(UnitOfWork&)> work = [row](UnitOfWork& unit) {
    unit.stage_account(row);
    return success(nullptr);
  };
  const Result<Json> done = co_await write(call.services.engine, std::move(work));
  if (!done) co_return done.error();
  co_return json_reply(201, {{"account", row.account}, {"person", row.person.text()}});
}

HandlerResult set_password(Call& call) {
  Fields fields{call.body};
  const std::string password = fields.text("password", Need::required, password_bytes_max);
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  const auto found = call.services.store.reads()->find_account(call.parameters.front());
  if (!found) co_return found.error();
  if (!*found) co_return not_found();
  AccountRow row = **found;
  Result<std::string> hash = co_await call.services.passwords.hash(password);
  if (!hash) co_return hash.error();
  row.password_hash = std::move(*hash);
  row.changed_at = call.services.wall_clock.now();
  std::function<Result<Json>(UnitOfWork&)> work = [row](UnitOfWork& unit) {
    unit.stage_account(row);
    unit.clear_sessions_of(row.account);
    return success(nullptr);
  };
  const Result<Json> done = co_await write(call.services.engine, std::move(work));
  if (!done) co_return done.error();
  co_return empty_reply(204);
}

HandlerResult add_token(Call& call) {
  Fields fields{call.body};
  TokenRow row;
  row.name = fields.text("name", Need::required, 64);
  row.person = PersonId{fields.text("person", Need::optional, 40)};
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  if (!is_account_name(row.name)) co_return bad_account_name();
  if (!row.person.empty() && call.directory->find_person(row.person) == nullptr) {
    co_return unknown_person(row.person.text());
  }
  const std::string token = random_token();
  row.token_hash = sha256_of(token);
  row.system = row.person.empty();
  row.created_at = call.services.wall_clock.now();
  std::function<Result<Json>(UnitOfWork&)> work = [row](UnitOfWork& unit) {
    unit.clear_token(row.name);
    unit.stage_token(row);
    return success(nullptr);
  };
  const Result<Json> done = co_await write(call.services.engine, std::move(work));
  if (!done) co_return done.error();
  co_return json_reply(201, {{"name", row.name}, {"token", token}});
}

HandlerResult import_units_and_people(Call& call) {
  const Result<Json> report =
      co_await import_organisation(call.services.engine, std::move(call.body), call.caller.person);
  if (!report) co_return report.error();
  co_return json_reply(200, *report);
}

HandlerResult verify_database(Call& call) {
  std::function<Result<Json>()> work = [&store = call.services.store] {
    return verify_report(store);
  };
  const Result<Json> report = co_await run_blocking(call.services, std::move(work));
  if (!report) co_return report.error();
  co_return json_reply(200, *report);
}

HandlerResult back_up_home(Call& call) {
  Fields fields{call.body};
  const std::string folder = fields.text("folder", Need::required, 4000);
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  std::function<Result<Json>()> work = [&store = call.services.store, folder,
                                        at = call.services.wall_clock.now()] {
    return backup_report(store, folder, at);
  };
  const Result<Json> report = co_await run_blocking(call.services, std::move(work));
  if (!report) co_return report.error();
  co_return json_reply(200, *report);
}

}  // namespace kyhan
