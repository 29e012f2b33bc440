// Evidence on bad days: cut off half-way, of a false type, with a path in its name, 5 GB long, the
// same from many hands at once.

#include <filesystem>
#include <thread>

#include "tests/support/live_server.hpp"
#include "tests/support/raw_connection.hpp"

namespace kyhan::test {
namespace {

namespace fs = std::filesystem;

int files_in(const fs::path& folder) {
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator{folder}) {
    files += entry.is_regular_file() ? 1 : 0;
  }
  return files;
}

/// A case that waits for a report of an or em.
struct Waiting {
  LiveServer live;
  HttpClient an = live.as("an");
  std::string instance;
  std::string task;
  std::string etag;

  Waiting() {
    const Json started =
        an.post("/api/v1/instances", {{"definition", "two-step"}, {"unit", "so-a"}}).json();
    instance = started["id"];
    task = started["openTasks"][0]["id"];
    etag = started["openTasks"][0]["etag"];
  }
  std::string path(const std::string& name = "a.pdf") const {
    return "/api/v1/attachments?task=" + task + "&type=report&name=" + name;
  }
  HttpAnswer upload(const std::string& body, const std::string& type = "application/pdf",
                    const std::string& name = "a.pdf") {
    return an.ask({"POST", path(name), body, {"Content-Type: " + type, "Origin: " + live.url()}});
  }
  /// The header of an upload by hand.
  std::string header(const std::string& length) const {
    return "POST " + path() + " HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nCookie: " + an.cookie +
           "\r\nContent-Type: application/pdf\r\n" + length + "\r\n\r\n";
  }
  int kept() const { return files_in(live.home() / "attachments"); }
};

TEST_CASE("a file that is cut off half-way leaves nothing", "[api][evidence]") {
  Waiting waiting;
  {
    RawConnection raw{waiting.live.port()};
    raw.send(waiting.header("Content-Length: 50000") + "%PDF-1.4 half");
  }
  {
    RawConnection raw{waiting.live.port()};
    raw.send(waiting.header("Transfer-Encoding: chunked") + "10\r\n%PDF-1.4 half of");
  }
  // Once a later upload of the same connection thread is answered, the others have been noticed.
  for (int i = 0; i < 1000 && waiting.kept() > 0; ++i) {
    CHECK(waiting.an.get("/api/v1/session").status == 200);
  }
  CHECK(waiting.kept() == 0);
  CHECK(waiting.an.get("/api/v1/instances/" + waiting.instance).json()["attachments"].empty());
}

TEST_CASE("a file of 5 GB is refused before it is sent, and while it is", "[api][evidence]") {
  Waiting waiting;
  RawConnection declared{waiting.live.port()};
  declared.send(waiting.header("Content-Length: 5368709120\r\nExpect: 100-continue"));
  const std::string answer = declared.read_until("\r\n\r\n");
  CHECK(answer.starts_with("HTTP/1.1 413"));
  CHECK(answer.find("100 Continue") == std::string::npos);

  // Without a length: cut at the limit of this kind of evidence (100,000 bytes).
  RawConnection endless{waiting.live.port()};
  endless.send(waiting.header("Transfer-Encoding: chunked"));
  const std::string piece(50'000, 'x');
  endless.send("5\r\n%PDF-\r\n");
  for (int i = 0; i < 3; ++i) endless.send("c350\r\n" + piece + "\r\n");
  CHECK(endless.read_until("\r\n\r\n").starts_with("HTTP/1.1 413"));
  CHECK(waiting.kept() == 0);
}

TEST_CASE("a file that is not what it says is refused at its first bytes", "[api][evidence]") {
  Waiting waiting;
  RawConnection raw{waiting.live.port()};
  raw.send(waiting.header("Content-Length: 90000") + "<html><script>alert(1)</script>" +
           std::string(70'000, ' '));
  CHECK(raw.read_until("\r\n\r\n").starts_with("HTTP/1.1 415"));
  CHECK(waiting.upload("MZ").status == 415);
  CHECK(waiting.upload("").status == 415);
  CHECK(waiting.upload("%PD").status == 415);
  CHECK(waiting.upload("%PDF-1.4", "image/png").status == 415);
  CHECK(waiting.upload("%PDF-1.4", "text/html").status == 415);
  CHECK(waiting.upload("%PDF-1.4", "application/x-msdownload").status == 415);
  CHECK(waiting
            .upload("PK\x03\x04 word/document.xml",
                    "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
            .status == 415);  // This step takes PDF alone.
  CHECK(waiting.kept() == 0);
}

TEST_CASE("a path, control characters and turned letters in a name do no harm", "[api][evidence]") {
  Waiting waiting;
  const HttpAnswer answer = waiting.upload(
      "%PDF-1.4 a", "application/pdf", "..%2F..%2Fetc%2Fcron.d%2F%0Abad%E2%80%AEfdp.exe%00.pdf");
  INFO(answer.body);
  REQUIRE(answer.status == 201);
  CHECK(answer.json()["name"] == "_bad_fdp.exe_.pdf");
  const HttpAnswer read =
      waiting.an.get("/api/v1/attachments/" + answer.json()["id"].get<std::string>());
  CHECK(read.headers.at("content-disposition") ==
        "attachment; filename=\"_bad_fdp.exe_.pdf\"; filename*=UTF-8''_bad_fdp.exe_.pdf");
  CHECK(read.headers.at("content-security-policy").find("sandbox") != std::string::npos);
  CHECK(read.headers.at("x-content-type-options") == "nosniff");
  CHECK(waiting.kept() == 1);
  for (const auto& entry : fs::recursive_directory_iterator{waiting.live.home() / "attachments"}) {
    CHECK(entry.path().filename().string().find("bad") == std::string::npos);
  }
}

TEST_CASE("the same file from many hands at once is kept once", "[api][evidence]") {
  Waiting waiting;
  std::vector<std::string> ids(6);
  std::vector<std::thread> hands;
  const std::string bytes = "%PDF-1.4 " + std::string(80'000, 'x');
  for (std::size_t i = 0; i < ids.size(); ++i) {
    hands.emplace_back([&, i, client = waiting.an]() mutable {
      const HttpAnswer answer =
          client.ask({"POST",
                      waiting.path(),
                      bytes,
                      {"Content-Type: application/pdf", "Origin: " + waiting.live.url()}});
      if (answer.status == 201) ids[i] = answer.json()["id"];
    });
  }
  for (std::thread& one : hands) one.join();
  std::set<std::string> different(ids.begin(), ids.end());
  CHECK(different.size() == ids.size());
  CHECK(waiting.kept() == 1);
  for (const std::string& id : ids) {
    CHECK(waiting.an.get("/api/v1/attachments/" + id).body == bytes);
  }
}

TEST_CASE("uploads nobody uses go, their bytes too, but not those of a draft", "[api][evidence]") {
  Waiting waiting;
  const std::string dropped = waiting.upload("%PDF-1.4 dropped").json()["id"];
  const std::string drafted = waiting.upload("%PDF-1.4 drafted").json()["id"];
  REQUIRE(waiting.an
              .put("/api/v1/tasks/" + waiting.task + "/draft",
                   {{"attachments", Json::array({drafted})}})
              .status == 200);
  CHECK(waiting.kept() == 2);
  for (const auto& entry : fs::recursive_directory_iterator{waiting.live.home() / "attachments"}) {
    // As if they had been uploaded long ago.
    if (entry.is_regular_file()) {
      fs::last_write_time(entry.path(), fs::file_time_type::clock::now() - std::chrono::hours{48});
    }
  }
  REQUIRE(waiting.live.as("quan-tri")
              .post("/api/v1/clock:advance", {{"to", "2026-11-25T01:00:00Z"}})
              .status == 200);
  HttpClient an = waiting.live.as("an");
  CHECK(an.get("/api/v1/attachments/" + dropped).status == 404);
  CHECK(an.get("/api/v1/attachments/" + drafted).status == 200);
  for (int i = 0; i < 1000 && waiting.kept() > 1; ++i) {
    CHECK(an.get("/api/v1/session").status == 200);
  }
  CHECK(waiting.kept() == 1);
}

TEST_CASE("required evidence depends on the outcome, whatever the way in", "[api][evidence]") {
  LiveServer live;
  Json document = two_step_definition();
  document["document"]["name"] = "evidence";
  Json& with = document["do"][0]["prepare"]["with"];
  with["outcomes"] = Json::array({{{"id", "submit"}}, {{"id", "decline"}}});
  with["attachments"] = Json::array({{{"type", "minutes"},
                                      {"label", {{"vi", "Biên bản"}, {"en", "Minutes"}}},
                                      {"min", 1},
                                      {"max", 1},
                                      {"mediaTypes", Json::array({"application/pdf"})},
                                      {"forOutcomes", Json::array({"submit"})}}});
  const HttpAnswer published = live.local().post("/api/v1/definitions", document);
  INFO(published.body);
  REQUIRE(published.status == 201);
  HttpClient an = live.as("an");
  const auto begin = [&] {
    return an.post("/api/v1/instances", {{"definition", "evidence"}, {"unit", "so-a"}})
        .json()["openTasks"][0];
  };
  const Json task = begin();
  const std::string id = task["id"];
  const std::string etag = task["etag"];
  const auto answer = [&](const Json& body) {
    return an.post("/api/v1/tasks/" + id + ":complete", body, {"If-Match: " + etag});
  };
  const HttpAnswer bare = answer({{"outcome", "submit"}});
  CHECK(bare.status == 422);
  CHECK(bare.json()["errors"][0]["message"] == "Thiếu tài liệu: Biên bản (cần ít nhất 1).");
  const Json many = {{"action", "complete"},
                     {"outcome", "submit"},
                     {"items", Json::array({{{"task", id}, {"etag", etag}}})}};
  CHECK(an.post("/api/v1/tasks:batch", many).json()["results"][0]["status"] == 422);
  const HttpAnswer file = an.ask({"POST",
                                  "/api/v1/attachments?task=" + id + "&type=minutes&name=b.pdf",
                                  "%PDF-1.4",
                                  {"Content-Type: application/pdf", "Origin: " + live.url()}});
  REQUIRE(file.status == 201);
  // Uploaded for another task, or by somebody else, it is none of this answer's.
  const Json other = begin();
  CHECK(an.post("/api/v1/tasks/" + other["id"].get<std::string>() + ":complete",
                {{"outcome", "submit"}, {"attachments", Json::array({file.json()["id"]})}},
                {"If-Match: 1"})
            .problem() == "unknown-attachment");
  CHECK(live.as("em")
            .post("/api/v1/tasks/" + id + ":complete",
                  {{"outcome", "submit"}, {"attachments", Json::array({file.json()["id"]})}},
                  {"If-Match: 1"})
            .problem() == "unknown-attachment");
  CHECK(answer({{"outcome", "submit"}, {"attachments", Json::array({file.json()["id"]})}}).status ==
        200);
  CHECK(an.post("/api/v1/tasks/" + other["id"].get<std::string>() + ":complete",
                {{"outcome", "decline"}}, {"If-Match: 1"})
            .status == 200);
}

}  // namespace
}  // namespace kyhan::test
