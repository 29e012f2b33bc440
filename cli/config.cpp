#include "cli/config.hpp"

#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <set>

#include "messaging/mail_message.hpp"
#include "messaging/mail_templates.hpp"
#include "messaging/rabbit.hpp"
#include "messaging/smtp.hpp"
#include "workflow/calls/network.hpp"
#include "workflow/calls/secret_files.hpp"
#include "workflow/core/documents.hpp"
#include "workflow/core/uri.hpp"

namespace kyhan {
namespace {

/// Where a value came from, for faults.
struct Given {
  std::string value;
  std::string source;
};

class Reader {
 public:
  explicit Reader(std::map<std::string, Given> given) : given_(std::move(given)) {}

  void text(const char* name, std::string& out) {
    if (const Given* given = take(name)) out = given->value;
  }
  void path(const char* name, std::filesystem::path& out) {
    if (const Given* given = take(name)) out = given->value;
  }
  /// Separated by commas or spaces.
  void list(const char* name, std::vector<std::string>& out) {
    const Given* given = take(name);
    if (given == nullptr) return;
    std::string word;
    for (const char c : given->value + ",") {
      if (c != ',' && c != ' ') {
        word += c;
      } else if (!word.empty()) {
        out.push_back(std::move(word));
        word.clear();
      }
    }
  }
  void number(const char* name, int& out, int min, int max) {
    const Given* given = take(name);
    if (given == nullptr) return;
    int value = 0;
    const char* end = given->value.data() + given->value.size();
    const auto [at, error] = std::from_chars(given->value.data(), end, value);
    if (error != std::errc{} || at != end || value < min || value > max) {
      const std::string bounds = std::to_string(min) + "-" + std::to_string(max);
      return fault(name, *given,
                   {"cần số nguyên trong khoảng " + bounds,
                    "a whole number within " + bounds + " is needed"});
    }
    out = value;
  }
  void flag(const char* name, bool& out) {
    const Given* given = take(name);
    if (given == nullptr) return;
    if (given->value == "true" || given->value == "1") {
      out = true;
    } else if (given->value == "false" || given->value == "0") {
      out = false;
    } else {
      fault(name, *given, {"chỉ nhận true hoặc false", "only true or false"});
    }
  }
  void fault(const std::string& name, const Given& given, Text message) {
    faults.push_back({"/" + name,
                      "invalid",
                      {given.source + ": " + message.vi, given.source + ": " + message.en}});
  }
  void fault(const std::string& name, Text message) {
    const auto found = given_.find(name);
    fault(name, found == given_.end() ? Given{"", name} : found->second, std::move(message));
  }

  std::vector<FieldError> faults;

 private:
  const Given* take(const std::string& name) {
    const auto found = given_.find(name);
    return found == given_.end() ? nullptr : &found->second;
  }
  std::map<std::string, Given> given_;
};

constexpr std::array names = {"home",
                              "address",
                              "port",
                              "tls_certificate",
                              "tls_key",
                              "behind_proxy",
                              "amqp_url",
                              "smtp_url",
                              "smtp_starttls",
                              "smtp_user",
                              "smtp_connections",
                              "mail_from",
                              "mail_templates",
                              "public_url",
                              "web_root",
                              "log_level",
                              "connections_max",
                              "session_idle_minutes",
                              "session_days",
                              "allow_hosts",
                              "allow_net",
                              "secrets_dir",
                              "proxy",
                              "no_proxy",
                              "ca_file",
                              "recall_grace_seconds"};

std::string variable_of(const std::string& name) {
  std::string variable = "KYHAN_";
  for (const char c : name) {
    variable += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return variable;
}

Error invalid(std::vector<FieldError> faults) {
  return {ErrorCode::invalid,
          "config-invalid",
          {"Cấu hình không hợp lệ.", "The configuration is not valid."},
          std::move(faults)};
}

/// Names of hosts, blocks of addresses: a list of texts.
bool is_list(const std::string& name, const Json& value) {
  static const std::set<std::string> lists{"allow_hosts", "allow_net", "no_proxy"};
  return lists.contains(name) && value.is_array() &&
         std::all_of(value.begin(), value.end(), [](const Json& one) { return one.is_string(); });
}

Result<void> read_file(const std::filesystem::path& file, std::map<std::string, Given>& given,
                       std::vector<FieldError>& faults) {
  std::ifstream stream{file, std::ios::binary};
  if (!stream) {
    return invalid(
        {{"",
          "missing",
          {file.string() + ": không đọc được tệp", file.string() + ": the file cannot be read"}}});
  }
  const std::string text{std::istreambuf_iterator<char>{stream}, {}};
  const Result<Json> parsed = parse_json(text);
  if (!parsed) return invalid({{"", parsed.error().type, parsed.error().detail}});
  if (!parsed->is_object()) {
    return invalid({{"",
                     "type",
                     {file.string() + ": phải là một đối tượng JSON",
                      file.string() + ": must be a JSON object"}}});
  }
  for (const auto& [name, value] : parsed->items()) {
    const std::string source = file.string() + " " + name;
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      faults.push_back({"/" + name,
                        "unknown-setting",
                        {source + ": không có thiết lập này", source + ": no such setting"}});
    } else if (is_list(name, value)) {
      std::string words;
      for (const auto& word : value) words += word.get<std::string>() + ",";
      given[name] = {words, source};
    } else if (value.is_structured() || value.is_null()) {
      faults.push_back({"/" + name,
                        "type",
                        {source + ": cần một giá trị đơn", source + ": a single value is needed"}});
    } else {
      given[name] = {value.is_string() ? value.get<std::string>() : value.dump(), source};
    }
  }
  return {};
}

void check_mail(const Config& config, Reader& reader) {
  if (!config.public_url.empty() && !config.public_url.starts_with("https://") &&
      !config.public_url.starts_with("http://")) {
    reader.fault("public_url", {"phải bắt đầu bằng https:// hoặc http://",
                                "must begin with https:// or http://"});
  }
  if (config.smtp_url.empty()) return;
  if (const Result<void> sound = check_smtp_url(config.smtp_url); !sound) {
    reader.fault("smtp_url", sound.error().detail);
  }
  if (config.amqp_url.empty()) {
    reader.fault("smtp_url", {"thư điện tử lấy từ hàng đợi, nên cần cả amqp_url",
                              "e-mails come from the queue, so amqp_url is needed too"});
  }
  if (read_mailbox(config.mail_from).address.empty()) {
    reader.fault("mail_from", {"cần địa chỉ gửi, dạng Tên <địa-chỉ>",
                               "the sender's address is needed, as Name <address>"});
  }
  if (config.public_url.empty()) {
    reader.fault("public_url", {"thư cần địa chỉ trang để dẫn người đọc tới",
                                "e-mails need the address of the pages for their links"});
  }
  const bool encrypted = config.smtp_url.starts_with("smtps://") || config.smtp_starttls;
  if (!config.smtp_user.empty() && !encrypted) {
    reader.fault("smtp_starttls", {"không gửi mật khẩu khi không mã hóa",
                                   "no password is sent without encryption"});
  }
  if (const Result<std::string> password = smtp_password(config); !password) {
    reader.fault("smtp_user", password.error().detail);
  }
  if (const auto templates = MailTemplates::load(config.mail_templates); !templates) {
    for (const FieldError& one : templates.error().fields) {
      reader.fault("mail_templates", {one.pointer + ": " + one.message.vi,
                                      one.pointer + ": " + one.message.en});
    }
  }
}

void check(const Config& config, Reader& reader) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(config.address, error);
  const bool tls = !config.tls_certificate.empty();
  if (error) {
    reader.fault("address", {"không phải địa chỉ IP", "is no IP address"});
  } else if (!address.is_loopback() && !tls && !config.behind_proxy) {
    reader.fault("address",
                 {"ngoài loopback cần TLS (tls_certificate, tls_key) hoặc behind_proxy",
                  "beyond loopback needs TLS (tls_certificate, tls_key) or behind_proxy"});
  }
  if (tls != !config.tls_key.empty()) {
    reader.fault("tls_key",
                 {"chứng thư và khóa phải đi cùng nhau", "certificate and key go together"});
  }
  std::error_code missing;
  for (const auto& [name, file] :
       {std::pair{"tls_certificate", config.tls_certificate},
        std::pair{"tls_key", config.tls_key}}) {
    if (!file.empty() && !std::filesystem::is_regular_file(file, missing)) {
      reader.fault(name, {"không có tệp " + file.string(), "there is no file " + file.string()});
    }
  }
  if (!config.amqp_url.empty()) {
    const Result<RabbitEndpoint> endpoint = parse_amqp_url(config.amqp_url);
    if (!endpoint) reader.fault("amqp_url", endpoint.error().detail);
  }
  for (const auto& [name, list] :
       {std::pair{"allow_hosts", &config.allow_hosts}, std::pair{"no_proxy", &config.no_proxy}}) {
    for (const std::string& text : *list) {
      if (const auto host = parse_host_pattern(text); !host)
        reader.fault(name, host.error().detail);
    }
  }
  for (const std::string& text : config.allow_net) {
    if (const auto network = parse_network(text); !network) {
      reader.fault("allow_net", network.error().detail);
    }
  }
  if (!config.proxy.empty() && !is_http_uri(config.proxy)) {
    reader.fault("proxy", {"cần dạng http://máy-chủ:cổng", "http://host:port is needed"});
  }
  if (!config.ca_file.empty() && !std::filesystem::is_regular_file(config.ca_file, missing)) {
    reader.fault("ca_file", {"không có tệp " + config.ca_file.string(),
                             "there is no file " + config.ca_file.string()});
  }
  if (!config.secrets_dir.empty()) {
    const Result<Secrets> secrets = read_secrets_folder(config.secrets_dir);
    if (!secrets) reader.fault("secrets_dir", secrets.error().detail);
  }
  check_mail(config, reader);
  const std::array levels = {"trace", "debug", "info", "warn", "error"};
  if (std::find(levels.begin(), levels.end(), config.log_level) == levels.end()) {
    reader.fault("log_level", {"chỉ nhận trace, debug, info, warn, error",
                               "only trace, debug, info, warn, error"});
  }
}

std::filesystem::path default_home() {
  if (const auto home = environment_variable("HOME")) {
    return std::filesystem::path{*home} / ".kyhan";
  }
  return std::filesystem::current_path() / ".kyhan";
}

/// Beside a build of this source, or where a package puts it.
std::filesystem::path default_web_root() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  for (const std::filesystem::path& root :
       {self.parent_path() / "../../web/dist", std::filesystem::path{"/usr/share/kyhan/web"}}) {
    if (std::filesystem::exists(root / "index.html", error)) {
      return std::filesystem::weakly_canonical(root, error);
    }
  }
  return {};
}

}  // namespace

Result<std::string> smtp_password(const Config& config) {
  if (config.smtp_user.empty()) return std::string{};
  const std::filesystem::path file = config.secrets_dir / "server" / "smtp_password";
  std::ifstream stream{file, std::ios::binary};
  std::string password{std::istreambuf_iterator<char>{stream}, {}};
  while (!password.empty() && (password.back() == '\n' || password.back() == '\r')) {
    password.pop_back();
  }
  if (!config.secrets_dir.empty() && stream.is_open() && !password.empty()) return password;
  return Error{ErrorCode::invalid,
               "secret-unreadable",
               {"cần mật khẩu trong tệp " + file.string() + " (thư mục secrets_dir)",
                "needs its password in the file " + file.string() + " (folder secrets_dir)"}};
}

std::optional<std::string> environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string{value};
}

Result<Config> load_config(
    const std::filesystem::path& file,
    const std::function<std::optional<std::string>(const std::string&)>& environment,
    const Settings& flags) {
  std::map<std::string, Given> given;
  std::vector<FieldError> faults;
  if (!file.empty()) {
    if (const Result<void> read = read_file(file, given, faults); !read) return read.error();
  }
  for (const std::string name : names) {
    const std::string variable = variable_of(name);
    if (const auto value = environment(variable)) given[name] = {*value, variable};
    if (const auto flag = flags.find(name); flag != flags.end()) {
      std::string option = "--" + name;
      std::replace(option.begin(), option.end(), '_', '-');
      given[name] = {flag->second, option};
    }
  }
  Config config;
  Reader reader{std::move(given)};
  reader.faults = std::move(faults);
  reader.path("home", config.home);
  reader.text("address", config.address);
  reader.number("port", config.port, 0, 65535);
  reader.path("tls_certificate", config.tls_certificate);
  reader.path("tls_key", config.tls_key);
  reader.flag("behind_proxy", config.behind_proxy);
  reader.text("amqp_url", config.amqp_url);
  reader.text("smtp_url", config.smtp_url);
  reader.flag("smtp_starttls", config.smtp_starttls);
  reader.text("smtp_user", config.smtp_user);
  reader.number("smtp_connections", config.smtp_connections, 1, 16);
  reader.text("mail_from", config.mail_from);
  reader.path("mail_templates", config.mail_templates);
  reader.text("public_url", config.public_url);
  reader.path("web_root", config.web_root);
  reader.text("log_level", config.log_level);
  reader.number("connections_max", config.connections_max, 1, 100'000);
  reader.number("session_idle_minutes", config.session_idle_minutes, 1, 100'000);
  reader.number("session_days", config.session_days, 1, 366);
  reader.list("allow_hosts", config.allow_hosts);
  reader.list("allow_net", config.allow_net);
  reader.path("secrets_dir", config.secrets_dir);
  reader.text("proxy", config.proxy);
  reader.list("no_proxy", config.no_proxy);
  reader.path("ca_file", config.ca_file);
  reader.number("recall_grace_seconds", config.recall_grace_seconds, 0, 3'600);
  while (config.public_url.ends_with('/')) config.public_url.pop_back();
  if (config.home.empty()) config.home = default_home();
  config.home = std::filesystem::absolute(config.home);
  if (config.web_root.empty()) config.web_root = default_web_root();
  check(config, reader);
  if (!reader.faults.empty()) return invalid(std::move(reader.faults));
  return config;
}

}  // namespace kyhan
