// kyhan user add|passwd|token|list: accounts and tokens. Passwords never come from arguments.

#include "api/http.hpp"
#include "cli/commands.hpp"

namespace kyhan {
namespace {

int ask(const Terminal& terminal, const Config& config, const std::string& method,
        const std::string& path, const Json& body, const Text& done) {
  const Result<std::unique_ptr<Client>> client = connect(config, terminal.language());
  if (!client) return refuse(terminal, client.error());
  const Result<Answer> answer =
      (*client)->ask(method, path, body.is_null() ? "" : body.dump(), "application/json");
  if (!answer) return refuse(terminal, answer.error());
  if (!answer->ok()) return refuse(terminal, *answer);
  if (terminal.json) {
    terminal.out << (answer->body.is_null() ? Json::object() : answer->body).dump() << "\n";
  } else if (answer->body.is_object() && answer->body.contains("token")) {
    terminal.out << answer->body["token"].get<std::string>() << "\n";
  } else if (answer->body.is_object() && answer->body.contains("items")) {
    for (const Json& item : answer->body["items"]) {
      const Json person = item.value("person", Json());
      terminal.out << item.value("account", "") << "  "
                   << (person.is_object() ? person.value("name", "") : "") << "\n";
    }
  } else {
    terminal.out << terminal.say(done) << "\n";
  }
  return exit_done;
}

}  // namespace

int add_user(const Terminal& terminal, const Config& config, const std::string& account,
             const std::string& person) {
  const std::string password = read_password(terminal, {"Mật khẩu", "Password"});
  return ask(terminal, config, "POST", "/api/v1/accounts",
             {{"account", account}, {"person", person}, {"password", password}},
             {"Đã thêm tài khoản " + account + ".", "Added the account " + account + "."});
}

int set_user_password(const Terminal& terminal, const Config& config, const std::string& account) {
  const std::string password = read_password(terminal, {"Mật khẩu mới", "New password"});
  return ask(terminal, config, "POST", "/api/v1/accounts/" + percent_encode(account) + ":password",
             {{"password", password}},
             {"Đã đổi mật khẩu; các phiên đăng nhập cũ đã kết thúc.",
              "The password is changed; its sessions have ended."});
}

int add_user_token(const Terminal& terminal, const Config& config, const std::string& name,
                   const std::string& person) {
  Json body = {{"name", name}};
  if (!person.empty()) body["person"] = person;
  return ask(terminal, config, "POST", "/api/v1/tokens", body, {});
}

int list_users(const Terminal& terminal, const Config& config) {
  return ask(terminal, config, "GET", "/api/v1/accounts", nullptr, {});
}

}  // namespace kyhan
