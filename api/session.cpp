// Signing in and out, and who one is.

#include <cmath>
#include <fmt/format.h>

#include "api/access.hpp"
#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/passwords.hpp"
#include "api/services.hpp"
#include "api/sessions.hpp"
#include "api/show.hpp"
#include "api/throttle.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

Json clock_json(const Services& services) {
  const Clock& clock = services.engine.clock();
  return {{"now", to_rfc3339(clock.now())}, {"virtual", clock.is_virtual()}};
}

Json me(const Call& call) {
  const Directory& directory = *call.directory;
  Json roles = Json::array();
  Json home;
  if (const Person* person = directory.find_person(call.caller.person)) {
    for (const Membership& membership : person->memberships) {
      if (home.is_null()) home = membership.unit.text();
      for (const RoleId& role : membership.roles) {
        roles.push_back({{"role", role.text()},
                         {"roleName", to_json(role_name(role))},
                         {"unit", membership.unit.text()},
                         {"unitName", to_json(unit_name(directory, membership.unit))}});
      }
    }
  }
  Json units = Json::array();
  for (const UnitId& unit : overseen_roots(call)) units.push_back(unit_json(directory, unit));
  Json person = person_json(directory, call.caller.person);
  if (person.is_null()) person = {{"id", ""}, {"name", call.caller.account}};
  return {{"person", std::move(person)},
          {"account", call.caller.account},
          {"roles", std::move(roles)},
          {"isAdministrator", call.caller.administrator},
          {"demo", call.services.settings.demonstration},
          {"units", std::move(units)},
          {"home", std::move(home)},
          {"clock", clock_json(call.services)}};
}

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

Reply must_wait(const Call& call, Milliseconds wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  const auto minutes = std::chrono::ceil<std::chrono::minutes>(wait).count();
  Reply reply = problem(
      Error{ErrorCode::too_many,
            "too-many-sign-ins",
            {fmt::format("Đăng nhập sai quá nhiều lần. Vui lòng thử lại sau {} phút.", minutes),
             fmt::format("Too many failed sign-ins. Try again in {} minutes.", minutes)}},
      call.language, call.id);
  reply.headers.set("Retry-After", std::to_string(seconds));
  return reply;
}

}  // namespace

HandlerResult sign_in(Call& call) {
  Fields fields{call.body};
  const std::string account = lower_case(fields.text("account", Need::required, 100));
  const std::string password = fields.text("password", Need::required, password_bytes_max);
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();

  Services& services = call.services;
  const Instant now = services.wall_clock.now();
  const std::string address = client_address(services, call.request);
  if (const auto wait = services.throttle.must_wait(account, address, now)) {
    co_return must_wait(call, *wait);
  }
  const Result<std::optional<AccountRow>> found = services.store.reads()->find_account(account);
  if (!found) co_return found.error();
  const bool usable =
      *found && !(*found)->disabled && call.directory->find_person((*found)->person) != nullptr;
  std::string hash = usable ? (*found)->password_hash : std::string{};
  const Result<bool> right = co_await services.passwords.verify(std::move(hash), password);
  if (!right) co_return right.error();
  if (!*right) {
    services.throttle.failed(account, address, now);
    co_return Error{ErrorCode::unauthorized,
                    "wrong-credentials",
                    {"Tài khoản hoặc mật khẩu không đúng.", "Wrong account or password."}};
  }
  services.throttle.succeeded(account, address);

  const std::string token = random_token();
  SessionRow session;
  session.token_hash = sha256_of(token);
  session.person = (*found)->person;
  session.account = account;
  session.created_at = now;
  session.expires_at = now + services.settings.session_age_max;
  session.last_seen_at = now;
  std::function<Result<Json>(UnitOfWork&)> work = [session, now](UnitOfWork& unit) {
    unit.clear_expired(now);
    unit.stage_session(session);
    return success(nullptr);
  };
  const Result<Json> kept = co_await write(services.engine, std::move(work));
  if (!kept) co_return kept.error();

  call.caller.person = session.person;
  call.caller.account = account;
  call.caller.signed_in = true;
  call.caller.administrator =
      call.directory->has_role(session.person, RoleId{"administrator"}, UnitId{});
  Reply reply = json_reply(200, me(call));
  reply.headers.set("Set-Cookie", cookie_for(token, is_secure(services, call.request)));
  co_return reply;
}

HandlerResult show_session(Call& call) {
  co_return json_reply(200, me(call));
}

HandlerResult sign_out(Call& call) {
  if (call.caller.by_session) {
    std::function<Result<Json>(UnitOfWork&)> work = [hash = call.caller.session](UnitOfWork& unit) {
      unit.clear_session(hash);
      return success(nullptr);
    };
    const Result<Json> cleared = co_await write(call.services.engine, std::move(work));
    if (!cleared) co_return cleared.error();
  }
  Reply reply = empty_reply(204);
  reply.headers.set("Set-Cookie", expired_cookie(is_secure(call.services, call.request)));
  co_return reply;
}

}  // namespace kyhan
