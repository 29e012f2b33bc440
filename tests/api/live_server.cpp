#include "tests/support/live_server.hpp"

#include <cstdlib>

#include "workflow/core/time_text.hpp"
#include "workflow/engine/clock.hpp"

namespace kyhan::test {
namespace {

Json person(const char* id, const char* name, const char* unit, const char* role) {
  return {
      {"id", id},
      {"name", name},
      {"memberships", Json::array({{{"unit", unit}, {"roles", Json::array({role, "staff"})}}})}};
}

Json human_task(const Json& title, const Json& with) {
  Json merged = with;
  merged["title"] = title;
  return {{"call", "humanTask:1.0.0@default"}, {"with", std::move(merged)}};
}

}  // namespace

Json small_organisation() {
  return {{"units",
           Json::array(
               {{{"id", "tinh"}, {"name", "Tỉnh"}, {"kind", "province"}},
                {{"id", "so-a"}, {"name", "Sở A"}, {"kind", "department"}, {"parent", "tinh"}},
                {{"id", "so-b"}, {"name", "Sở B"}, {"kind", "department"}, {"parent", "tinh"}}})},
          {"people", Json::array({person("an", "Nguyễn An", "so-a", "specialist"),
                                  person("em", "Lê Em", "so-a", "specialist"),
                                  person("binh", "Trần Bình", "so-a", "head"),
                                  person("kiem", "Võ Kiểm", "so-a", "auditor"),
                                  person("cuc", "Phạm Cúc", "so-b", "specialist"),
                                  person("dung", "Hồ Dũng", "so-b", "head"),
                                  person("quan-tri", "Quản Trị", "tinh", "administrator")})}};
}

Json two_step_definition() {
  const Json prepare = human_task(
      {{"vi", "Soạn hồ sơ"}, {"en", "Prepare the dossier"}},
      {{"assignment",
        {{"mode", "claim"},
         {"candidates", Json::array({{{"role", "specialist"}, {"unit", "own"}}})}}},
       {"outcomes",
        Json::array({{{"id", "submit"}, {"label", {{"vi", "Trình"}, {"en", "Submit"}}}}})},
       {"attachments", Json::array({{{"type", "report"},
                                     {"label", "Báo cáo"},
                                     {"min", 0},
                                     {"max", 2},
                                     {"mediaTypes", Json::array({"application/pdf"})},
                                     {"maxBytes", 100'000}}})},
       {"due", {{"workingDays", 5}}}});
  const Json approve = human_task(
      {{"vi", "Phê duyệt"}, {"en", "Approve"}},
      {{"assignment",
        {{"mode", "claim"}, {"candidates", Json::array({{{"role", "head"}, {"unit", "own"}}})}}},
       {"outcomes", Json::array({{{"id", "approve"}},
                                 {{"id", "return"}, {"requires", Json::array({"comment"})}}})}});
  return {{"document",
           {{"dsl", "1.0.3"},
            {"namespace", "test"},
            {"name", "two-step"},
            {"version", "1.0.0"},
            {"title", "Hai bước"},
            {"metadata",
             {{"title", {{"vi", "Hai bước"}, {"en", "Two steps"}}},
              {"start",
               {{"by", Json::array({{{"role", "specialist"}, {"unit", "own"}},
                                    {{"role", "head"}, {"unit", "own"}}})}}}}}}},
          {"do", Json::array({{{"prepare", prepare}}, {{"approve", approve}}})}};
}

LiveServer::LiveServer(Options options) {
  std::string pattern = (std::filesystem::temp_directory_path() / "kyhan-api-XXXXXX").string();
  home_ = ::mkdtemp(pattern.data());
  HouseOptions house;
  house.home = home_;
  house.web_root = options.web_root;
  house.settings.demonstration = options.demonstration;
  house.password_cost = PasswordCost::cheap;
  if (!options.clock_start.empty()) {
    house.clock = std::make_shared<VirtualClock>(*parse_rfc3339(options.clock_start));
  }
  auto built = House::build(house);
  if (!built) FAIL(built.error().detail.en);
  house_ = std::move(*built);
  ServerOptions server;
  server.port = 0;
  server.unix_socket = home_ / "kyhan.sock";
  server_ = std::make_unique<Server>(server, house_->dispatcher());
  server_->start();
  if (!options.furnished) return;

  HttpClient local = this->local();
  const HttpAnswer imported = local.post("/api/v1/organisation:import", small_organisation());
  INFO(imported.body);
  REQUIRE(imported.status == 200);
  for (const char* account : {"an", "em", "binh", "kiem", "cuc", "dung", "quan-tri"}) {
    const HttpAnswer added = local.post(
        "/api/v1/accounts", {{"account", account}, {"person", account}, {"password", password}});
    INFO(added.body);
    REQUIRE(added.status == 201);
  }
  const HttpAnswer published = local.post("/api/v1/definitions", two_step_definition());
  INFO(published.body);
  REQUIRE(published.status == 201);
}

LiveServer::~LiveServer() {
  server_->stop();
  house_->stop();
  server_.reset();
  house_.reset();
  std::filesystem::remove_all(home_);
}

std::string LiveServer::url() const {
  return "http://127.0.0.1:" + std::to_string(server_->port());
}

HttpClient LiveServer::as(const std::string& account) {
  HttpClient client{url()};
  const HttpAnswer answer = client.sign_in(account, password);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return client;
}

}  // namespace kyhan::test
