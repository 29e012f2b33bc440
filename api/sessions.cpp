#include "api/sessions.hpp"

#include <spdlog/spdlog.h>

#include "workflow/store/store.hpp"
#include "workflow/store/unit_of_work.hpp"

namespace kyhan {
namespace {

/// last_seen_at is written at most this often for a session.
constexpr std::chrono::minutes seen_every{5};

std::string_view cookie_of(const Request& request) {
  std::string_view rest = request.headers.find("Cookie");
  while (!rest.empty()) {
    const std::size_t semicolon = rest.find(';');
    std::string_view pair = rest.substr(0, semicolon);
    rest.remove_prefix(semicolon == std::string_view::npos ? rest.size() : semicolon + 1);
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (pair.starts_with(session_cookie) && pair.substr(session_cookie.size()).starts_with('=')) {
      return pair.substr(session_cookie.size() + 1);
    }
  }
  return {};
}

std::string_view bearer_of(const Request& request) {
  const std::string_view header = request.headers.find("Authorization");
  constexpr std::string_view scheme = "Bearer ";
  return header.starts_with(scheme) ? header.substr(scheme.size()) : std::string_view{};
}

bool is_administrator(const Directory& directory, const PersonId& person) {
  return directory.has_role(person, RoleId{"administrator"}, UnitId{});
}

void mark_seen(Services& services, SessionRow session, Instant now) {
  session.last_seen_at = now;
  services.engine.write(
      [session = std::move(session)](UnitOfWork& work) -> Result<Json> {
        work.stage_session(session);
        return Result<Json>{boost::system::in_place_value, nullptr};
      },
      [](const Result<Json>& done) {
        if (!done) spdlog::warn("a session's last use was not noted: {}", done.error().detail.en);
      });
}

Result<Caller> by_session(Services& services, std::string_view token, const Directory& directory) {
  const Instant now = services.wall_clock.now();
  const Sha256 hash = sha256_of(token);
  Result<std::optional<SessionRow>> found = services.store.reads()->find_session(hash, now);
  if (!found) return found.error();
  if (!*found) return Caller{};
  SessionRow& session = **found;
  if (now - session.last_seen_at > services.settings.session_idle_max) return Caller{};
  if (directory.find_person(session.person) == nullptr) return Caller{};
  Caller caller;
  caller.person = session.person;
  caller.account = session.account;
  caller.signed_in = true;
  caller.by_session = true;
  caller.session = hash;
  caller.administrator = is_administrator(directory, session.person);
  if (now - session.last_seen_at > seen_every) mark_seen(services, std::move(session), now);
  return caller;
}

Result<Caller> by_token(Services& services, std::string_view token, const Directory& directory) {
  Result<std::optional<TokenRow>> found =
      services.store.reads()->find_token(sha256_of(token), services.wall_clock.now());
  if (!found) return found.error();
  Caller caller;
  if (!*found) return caller;
  const TokenRow& row = **found;
  if (!row.person.empty() && directory.find_person(row.person) == nullptr) return caller;
  caller.person = row.person;
  caller.account = "token:" + row.name;
  caller.signed_in = true;
  caller.system = row.system;
  caller.administrator = !row.person.empty() && is_administrator(directory, row.person);
  return caller;
}

std::string_view last_of_list(std::string_view list) {
  const std::size_t comma = list.rfind(',');
  if (comma != std::string_view::npos) list.remove_prefix(comma + 1);
  while (list.starts_with(' ')) list.remove_prefix(1);
  return list;
}

}  // namespace

Result<Caller> identify(Services& services, const Request& request, const Directory& directory) {
  if (request.peer.unix_socket) {
    Caller local;
    local.account = "local";
    local.signed_in = true;
    local.administrator = true;
    local.own_machine = true;
    return local;
  }
  if (const std::string_view token = bearer_of(request); !token.empty()) {
    return by_token(services, token, directory);
  }
  if (const std::string_view token = cookie_of(request); !token.empty()) {
    return by_session(services, token, directory);
  }
  return Caller{};
}

bool is_secure(const Services& services, const Request& request) {
  if (request.peer.tls) return true;
  return services.settings.behind_proxy &&
         last_of_list(request.headers.find("X-Forwarded-Proto")) != "http";
}

std::string client_address(const Services& services, const Request& request) {
  if (services.settings.behind_proxy) {
    const std::string_view forwarded = last_of_list(request.headers.find("X-Forwarded-For"));
    if (!forwarded.empty()) return std::string{forwarded};
  }
  return request.peer.address;
}

Result<void> check_origin(const Services& services, const Request& request, const Caller& caller) {
  if (request.method == Method::get || request.method == Method::head) return {};
  if (request.peer.unix_socket) return {};
  // Signing in has no session yet, but is asked for by a browser all the same.
  if (caller.signed_in && !caller.by_session) return {};
  const std::string_view host = request.headers.find("Host");
  const std::string ours =
      (is_secure(services, request) ? "https://" : "http://") + std::string{host};
  if (!host.empty() && request.headers.find("Origin") == ours) return {};
  return forbidden("foreign-origin",
                   {"Yêu cầu thay đổi dữ liệu phải đến từ chính trang này (Origin không khớp).",
                    "A change must be asked for by our own pages (Origin does not match Host)."});
}

std::string cookie_for(const std::string& token, bool secure) {
  return std::string{session_cookie} + "=" + token + "; Path=/; HttpOnly; SameSite=Strict" +
         (secure ? "; Secure" : "");
}

std::string expired_cookie(bool secure) {
  return cookie_for("", secure) + "; Max-Age=0";
}

}  // namespace kyhan
