// Where settings come from, and that every fault is told at once.

#include "cli/config.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <set>

#include "tests/support/results.hpp"

namespace kyhan::test {
namespace {

std::optional<std::string> no_environment(const std::string&) {
  return std::nullopt;
}

std::filesystem::path written(const std::string& name, const std::string& text) {
  const std::filesystem::path file = std::filesystem::temp_directory_path() / name;
  std::ofstream{file} << text;
  return file;
}

TEST_CASE("flags win over the environment, and that over the file", "[cli][config]") {
  const auto file = written("kyhan-config-1.json",
                            R"({"port": 1001, "address": "127.0.0.2", "log_level": "warn"})");
  const auto environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "KYHAN_PORT") return "1002";
    if (name == "KYHAN_HOME") return "/tmp/kyhan-home";
    if (name == "KYHAN_LOG_LEVEL") return "debug";
    return std::nullopt;
  };
  const Result<Config> config = load_config(file, environment, {{"port", "1003"}});
  REQUIRE(config);
  CHECK(config->port == 1003);
  CHECK(config->log_level == "debug");
  CHECK(config->address == "127.0.0.2");
  CHECK(config->home == "/tmp/kyhan-home");
  std::filesystem::remove(file);
}

TEST_CASE("every fault of a configuration is told at once", "[cli][config]") {
  const auto file = written(
      "kyhan-config-2.json",
      R"({"port": 99999, "colour": "red", "amqp_url": "http://x", "log_level": "loud", "home": []})");
  const Result<Config> config = load_config(file, no_environment, {{"behind_proxy", "maybe"}});
  REQUIRE(config.has_error());
  CHECK(config.error().type == "config-invalid");
  std::set<std::string> named;
  for (const FieldError& fault : config.error().fields) named.insert(fault.pointer);
  CHECK(named == std::set<std::string>{"/port", "/colour", "/amqp_url", "/log_level", "/home",
                                       "/behind_proxy"});
  std::filesystem::remove(file);
}

TEST_CASE("beyond loopback there must be TLS, or a proxy that speaks it", "[cli][config]") {
  CHECK(load_config("", no_environment, {{"address", "0.0.0.0"}}).has_error());
  CHECK(load_config("", no_environment, {{"address", "10.0.0.1"}}).has_error());
  CHECK(load_config("", no_environment, {{"address", "0.0.0.0"}, {"behind_proxy", "true"}}));
  CHECK(load_config("", no_environment, {{"address", "::1"}}));
  CHECK(load_config("", no_environment, {{"address", "localhost"}}).has_error());
}

TEST_CASE("a certificate needs its key, and both must be there", "[cli][config]") {
  CHECK(load_config("", no_environment, {{"tls_certificate", "/none.pem"}}).has_error());
}

TEST_CASE("a missing or broken file is said plainly", "[cli][config]") {
  CHECK(load_config("/nowhere/kyhan.json", no_environment, {}).has_error());
  const auto file = written("kyhan-config-3.json", "{");
  CHECK(load_config(file, no_environment, {}).has_error());
  std::filesystem::remove(file);
}

TEST_CASE("hosts and networks are lists, each item checked", "[cli][config]") {
  const auto nothing = [](const std::string&) -> std::optional<std::string> { return {}; };
  std::string pattern = (std::filesystem::temp_directory_path() / "kyhan-lists-XXXXXX").string();
  const std::filesystem::path folder{::mkdtemp(pattern.data())};
  std::ofstream{folder / "config.json"}
      << R"({"allow_hosts": ["api.example.vn", "*.b.vn:8443"], "allow_net": ["10.20.0.0/16"]})";
  const Result<Config> config = load_config(folder / "config.json", nothing, {});
  REQUIRE(config);
  CHECK(config->allow_hosts == std::vector<std::string>{"api.example.vn", "*.b.vn:8443"});
  CHECK(config->allow_net == std::vector<std::string>{"10.20.0.0/16"});
  const auto environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "KYHAN_ALLOW_HOSTS") return "a.vn, https://b.vn";
    if (name == "KYHAN_ALLOW_NET") return "10.0.0.0/99";
    if (name == "KYHAN_PROXY") return "proxy:3128";
    if (name == "KYHAN_SECRETS_DIR") return "/nowhere/at/all";
    if (name == "KYHAN_CA_FILE") return "/nowhere/ca.pem";
    return {};
  };
  const Result<Config> faulty = load_config({}, environment, {});
  REQUIRE_FALSE(faulty);
  std::set<std::string> named;
  for (const FieldError& fault : faulty.error().fields) named.insert(fault.pointer);
  CHECK(named == std::set<std::string>{"/allow_hosts", "/allow_net", "/proxy", "/secrets_dir", "/ca_file"});
  std::filesystem::remove_all(folder);
}

TEST_CASE("e-mail needs a broker, a sender, the pages' address and a password that is a secret",
          "[cli][config][mail]") {
  const auto faults = [](const Settings& settings) {
    const Result<Config> config = load_config("", no_environment, settings);
    std::set<std::string> named;
    if (config.has_error()) {
      for (const FieldError& fault : config.error().fields) named.insert(fault.pointer);
    }
    return named;
  };
  using Names = std::set<std::string>;
  CHECK(faults({{"smtp_url", "mail.example.vn"}}) ==
        Names{"/smtp_url", "/mail_from", "/public_url"});
  const Settings sound = {{"smtp_url", "smtp://mail.example.vn:587"},
                          {"amqp_url", "amqp://127.0.0.1"},
                          {"mail_from", "Kỳ Hạn <kyhan@example.vn>"},
                          {"public_url", "https://kyhan.example.vn/"}};
  CHECK(faults(sound).empty());
  CHECK(load_config("", no_environment, sound)->public_url == "https://kyhan.example.vn");

  Settings signing = sound;
  signing["smtp_user"] = "kyhan";
  CHECK(faults(signing) == Names{"/smtp_user"});
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / "kyhan-config-secrets";
  std::filesystem::create_directories(folder / "server");
  std::ofstream{folder / "server" / "smtp_password"} << "bi-mat\n";
  signing["secrets_dir"] = folder.string();
  CHECK(faults(signing).empty());
  CHECK(smtp_password(*load_config("", no_environment, signing)).value() == "bi-mat");
  signing["smtp_starttls"] = "false";
  CHECK(faults(signing) == Names{"/smtp_starttls"});
  std::filesystem::remove_all(folder);
  Settings templates = sound;
  templates["mail_templates"] = "/nowhere";
  CHECK(faults(templates) == Names{"/mail_templates"});
}

}  // namespace
}  // namespace kyhan::test
