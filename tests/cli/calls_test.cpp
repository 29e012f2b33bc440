// `kyhan run` calling other systems: the scenarios of the language's conformance kit that need a
// network, told in our own words, with the services they call played by the test.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>

#include "workflow/core/json.hpp"

#include "tests/support/stub_server.hpp"

namespace kyhan::test {
namespace {

struct Outcome {
  int exit = -1;
  Json printed;
  std::string errors;
  std::string trace;
};

class Bench {
 public:
  Bench() : stub{pets_and_logins} {
    std::string pattern = (std::filesystem::temp_directory_path() / "kyhan-run-XXXXXX").string();
    folder_ = std::filesystem::path{::mkdtemp(pattern.data())};
  }
  ~Bench() { std::filesystem::remove_all(folder_); }

  std::filesystem::path file(const std::string& name, const std::string& text) {
    std::ofstream{folder_ / name} << text;
    return folder_ / name;
  }
  Outcome run(const std::string& steps, const std::string& input = "{}",
              const std::string& options = "") {
    return run_with(steps, input,
                    "--route https://petstore.example=" + stub.url() +
                        " --route https://login.example=" + stub.url() + " " + options);
  }
  Outcome run_with(const std::string& steps, const std::string& input, const std::string& options) {
    const auto definition = file("definition.yaml",
                                 "document: {dsl: '1.0.3', namespace: test, name: test, version: '1.0.0'}\n" + steps);
    const auto given = file("input.json", input);
    const std::filesystem::path errors = folder_ / "errors";
    const std::filesystem::path trace = folder_ / "trace";
    const std::string line = "LANG=en_US.UTF-8 '" KYHAN_BINARY_DIR "/kyhan' run '" + definition.string() +
                             "' --input '" + given.string() + "' --json --trace '" + trace.string() +
                             "' " + options + " 2>'" + errors.string() + "'";
    Outcome outcome;
    FILE* pipe = ::popen(line.c_str(), "r");
    std::string text;
    char bytes[4096];
    while (const std::size_t count = std::fread(bytes, 1, sizeof(bytes), pipe)) {
      text.append(bytes, count);
    }
    outcome.exit = WEXITSTATUS(::pclose(pipe));
    if (!text.empty()) outcome.printed = Json::parse(text);
    outcome.errors = read(errors);
    outcome.trace = std::filesystem::exists(trace) ? read(trace) : "";
    return outcome;
  }
  StubServer stub;

 private:
  static std::string read(const std::filesystem::path& path) {
    std::ifstream stream{path};
    return {std::istreambuf_iterator<char>{stream}, {}};
  }
  std::filesystem::path folder_;
};

TEST_CASE("run: content of an answer, filtered", "[cli][calls]") {
  Bench bench;
  const Outcome outcome = bench.run(R"(
do:
  - find:
      call: http
      with: {method: get, endpoint: {uri: 'https://petstore.example/v2/pet/findByStatus?status={status}'}}
      output: {as: '.[0]'}
)", R"({"status": "available"})");
  INFO(outcome.errors);
  CHECK(outcome.exit == 0);
  CHECK(outcome.printed["status"] == "completed");
  CHECK(outcome.printed["output"] == Json{{"id", 1}, {"name", "Mướp"}, {"status", "available"}});
  CHECK(bench.stub.requests().at(0).target == "/v2/pet/findByStatus?status=available");
  CHECK(bench.stub.requests().at(0).header("host") == "petstore.example");
}

TEST_CASE("run: the whole response shows the address as written", "[cli][calls]") {
  Bench bench;
  const Outcome outcome = bench.run(R"(
do:
  - one: {call: http, with: {method: get, endpoint: {uri: 'https://petstore.example/v2/pet/{petId}'}, output: response}}
)", R"({"petId": 1})");
  CHECK(outcome.exit == 0);
  const Json& output = outcome.printed["output"];
  CHECK(output["request"]["uri"] == "https://petstore.example/v2/pet/1");
  CHECK(output["request"]["method"] == "GET");
  CHECK(output["request"]["headers"].is_object());
  CHECK(output["statusCode"] == 200);
  CHECK(output["headers"].is_object());
  CHECK(output["content"]["id"] == 1);
}

TEST_CASE("run: basic authentication from the input", "[cli][calls]") {
  Bench bench;
  const char* steps = R"(
do:
  - login:
      call: http
      with:
        method: get
        endpoint:
          uri: https://login.example/basic-auth/{username}/{password}
          authentication: {basic: {username: '${ .username }', password: '${ .secret // .password }'}}
)";
  CHECK(bench.run(steps, R"({"username": "an", "password": "mat-khau"})").exit == 0);
  const Outcome wrong = bench.run(steps, R"({"username": "an", "password": "a", "secret": "b"})");
  CHECK(wrong.exit == 3);
  CHECK(wrong.printed["error"]["status"] == 401);
}

TEST_CASE("run: an operation of a Swagger document, content and response", "[cli][calls]") {
  Bench bench;
  const Outcome found = bench.run(R"(
do:
  - find:
      call: openapi
      with:
        document: {endpoint: "https://petstore.example/v2/swagger.json"}
        operationId: findPetsByStatus
        parameters: {status: '${ .status }'}
      output: {as: '. | length'}
)", R"({"status": "available"})");
  INFO(found.errors);
  CHECK(found.exit == 0);
  CHECK(found.printed["output"] == 2);
  CHECK(bench.stub.requests().back().target == "/v2/pet/findByStatus?status=available");
  const Outcome shown = bench.run(R"(
do:
  - show:
      call: openapi
      with:
        document: {endpoint: "https://petstore.example/v2/swagger.json"}
        operationId: getPetById
        parameters: {petId: '${ .petId }'}
        output: response
)", R"({"petId": 1})");
  CHECK(shown.exit == 0);
  CHECK(shown.printed["output"]["request"]["uri"] == "https://petstore.example/v2/pet/1");
  CHECK(shown.printed["output"]["content"]["status"] == "available");
  const Outcome unknown = bench.run(R"(
do: [{x: {call: openapi, with: {document: {endpoint: "https://petstore.example/v2/swagger.json"}, operationId: dance}}}]
)");
  CHECK(unknown.exit == 3);
  CHECK(unknown.printed["error"]["type"].get<std::string>().ends_with("/configuration"));
}

TEST_CASE("run: a schema that stands elsewhere is fetched before the start", "[cli][calls]") {
  Bench bench;
  const char* steps = R"(
input: {schema: {resource: {endpoint: 'https://petstore.example/schema'}}}
do: [{one: {set: {a: 1}}}]
)";
  const Outcome outcome = bench.run(steps);
  CHECK(outcome.exit == 5);
  CHECK(outcome.printed["faults"][0]["code"] == "resource-unreachable");
  CHECK(outcome.printed["faults"][0]["pointer"] == "/input/schema/resource/endpoint");
}

TEST_CASE("run: a caught error has title, status and the pointer of its step", "[cli][calls]") {
  Bench bench;
  const Outcome outcome = bench.run(R"(
do:
  - tryGetPet:
      try: [{getPet: {call: http, with: {method: get, endpoint: 'https://petstore.example/v2/pet/getPetByName/{petName}'}}}]
      catch:
        errors: {with: {type: 'https://serverlessworkflow.io/dsl/errors/types/communication', status: 404}}
        as: err
        do: [{handle: {set: {error: '${ $err }'}}}]
)", R"({"petName": "Milou"})");
  CHECK(outcome.exit == 0);
  const Json error = outcome.printed["output"]["error"];
  CHECK(error["status"] == 404);
  CHECK(error["instance"] == "/do/0/tryGetPet/try/0/getPet");
  CHECK_FALSE(error["title"].get<std::string>().empty());
}

TEST_CASE("run: an error that the filter does not fit faults the workflow", "[cli][calls]") {
  Bench bench;
  const Outcome outcome = bench.run(R"(
do:
  - tryGetPet:
      try: [{getPet: {call: http, with: {method: get, endpoint: 'https://petstore.example/v2/pet/getPetByName/x'}}}]
      catch: {errors: {with: {status: 503}}}
)");
  CHECK(outcome.exit == 3);
  CHECK(outcome.printed["status"] == "faulted");
  CHECK(outcome.printed["error"]["status"] == 404);
}

TEST_CASE("run: secrets come from their file and are shown nowhere", "[cli][calls][secrets]") {
  Bench bench;
  const auto secrets = bench.file("secrets.json", R"({"login": {"username": "an", "password": "mat-khau-dai"}})");
  const char* steps = R"(
use: {secrets: [login]}
do:
  - login: {call: http, with: {method: get, endpoint: {uri: 'https://login.example/basic-auth/an/mat-khau-dai', authentication: {basic: {use: login}}}, output: response}}
)";
  const Outcome outcome = bench.run(steps, "{}", "--secrets '" + secrets.string() + "'");
  INFO(outcome.errors);
  CHECK(outcome.exit == 0);
  CHECK(outcome.printed.dump().find("mat-khau-dai") == std::string::npos);
  CHECK_FALSE(outcome.trace.empty());
  CHECK(outcome.trace.find("mat-khau-dai") == std::string::npos);
  const Outcome without = bench.run(steps);
  CHECK(without.exit == 3);
  CHECK(without.printed["error"]["status"] == 403);
  CHECK(without.printed["error"]["type"].get<std::string>().ends_with("/authorization"));
}

TEST_CASE("run: loopback is refused without --allow-net, reached with it", "[cli][calls][door]") {
  Bench bench;
  const std::string steps = "do: [{one: {call: http, with: {method: get, endpoint: '" + bench.stub.url() + "/v2/pet/1'}}}]";
  const Outcome refused = bench.run(steps);
  CHECK(refused.exit == 3);
  CHECK(refused.printed["error"]["type"].get<std::string>().ends_with("/communication"));
  CHECK(bench.stub.requests().empty());
  CHECK(bench.run(steps, "{}", "--allow-net 127.0.0.1/32").exit == 0);
}

TEST_CASE("run: what the options cannot mean is wrong usage", "[cli][calls]") {
  Bench bench;
  const std::string steps = "do: [{one: {set: {a: 1}}}]";
  CHECK(bench.run_with(steps, "{}", "--route https://a.vn=https://b.vn").exit == 2);
  CHECK(bench.run_with(steps, "{}", "--allow-net 10.0.0.0/99").exit == 2);
  CHECK(bench.run_with(steps, "{}", "--secrets /nowhere.json").exit == 2);
  const auto list = bench.file("list.json", "[1]");
  CHECK(bench.run_with(steps, "{}", "--secrets '" + list.string() + "'").exit == 5);
}

}  // namespace
}  // namespace kyhan::test
