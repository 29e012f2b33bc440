// Calls to other systems under the engine: announced, committed, made, answered, and what remains of
// them when things go wrong.

#include <condition_variable>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <future>
#include <mutex>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workflow/calls/http_calls.hpp"
#include "workflow/core/codec.hpp"
#include "workflow/store/sqlite.hpp"

#include "tests/engine/support.hpp"
#include "tests/store/counting_vfs.hpp"
#include "tests/support/stub_server.hpp"

namespace kyhan::test {
namespace {

/// Takes orders and answers them when the test says so.
class HeldCalls final : public Calls {
 public:
  void start(CallOrder order) override {
    const std::lock_guard lock{mutex_};
    orders_.push_back(std::move(order));
    changed_.notify_all();
  }
  void cancel(const std::string& key) override {
    const std::lock_guard lock{mutex_};
    cancelled_.push_back(key);
    changed_.notify_all();
  }
  void fetch(HttpRequest, std::function<void(Outcome<std::string>)>) override {}

  /// The order of that number, once it has come.
  CallOrder order(std::size_t number) {
    std::unique_lock lock{mutex_};
    REQUIRE(changed_.wait_for(lock, std::chrono::seconds{30},
                              [&] { return orders_.size() > number; }));
    return orders_[number];
  }
  bool wait_for_cancelled(const std::string& key) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, std::chrono::seconds{30}, [&] {
      return std::ranges::find(cancelled_, key) != cancelled_.end();
    });
  }
  std::size_t orders() {
    const std::lock_guard lock{mutex_};
    return orders_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<CallOrder> orders_;
  std::vector<std::string> cancelled_;
};

void answer(const CallOrder& order, Json output) {
  FinishCall done;
  done.node = order.node;
  done.key = order.key;
  done.output = std::move(output);
  order.done(std::move(done));
}

std::optional<InstanceRow> row_of(House& house, const InstanceId& id) {
  return house.store->reads()->find_instance(id).value();
}

/// Waits until the instance has ended; looks again after each commit.
InstanceStatus ended(House& house, const InstanceId& id) {
  std::mutex mutex;
  std::condition_variable changed;
  const int listening = house.engine->subscribe([&](const std::vector<Change>&) {
    const std::lock_guard lock{mutex};
    changed.notify_all();
  });
  std::unique_lock lock{mutex};
  const bool in_time = changed.wait_for(lock, std::chrono::seconds{30},
                                        [&] { return row_of(house, id)->ended_at.has_value(); });
  lock.unlock();
  house.engine->unsubscribe(listening);
  REQUIRE(in_time);
  return row_of(house, id)->status;
}

Json output_of(House& house, const InstanceId& id) {
  return decode_state(Json::parse(*house.store->reads()->find_state(id).value())).output;
}

const char* one_call = R"(
do:
  - ask:
      call: http
      with: {method: post, endpoint: https://api.example.vn/x, body: {unit: "${ .unit.id }"}}
)";

struct Held : House {
  std::shared_ptr<HeldCalls> held = std::make_shared<HeldCalls>();
  Held() { calls = held; }
};

TEST_CASE("a call is made once its announcement is durable; its answer completes the step",
          "[engine][calls]") {
  Held house;
  house.settle().publish(definition("asks", one_call));
  const Receipt started = house.start("asks");
  CHECK(started.status == InstanceStatus::waiting);
  const CallOrder order = house.held->order(0);
  // Whoever is asked can rely on it: the announcement stands in the table.
  const auto pending = house.store->reads()->pending_calls(0, 0, 10).value();
  REQUIRE(pending.size() == 1);
  CHECK(pending[0].key == order.key);
  CHECK(order.key == started.instance.text() + "/do/0/ask/1/0");
  CHECK(house.findings().empty());
  const Outcome<CallRequest> asked = order.request({});
  REQUIRE(asked.has_value());
  CHECK(asked->http.body == R"({"unit":"so-a"})");
  CHECK(row_of(house, started.instance)->current_json.find("https://api.example.vn/x") !=
        std::string::npos);

  answer(order, {{"ok", true}});
  CHECK(ended(house, started.instance) == InstanceStatus::completed);
  CHECK(output_of(house, started.instance) == Json{{"ok", true}});
  CHECK(house.store->reads()->pending_calls(0, 0, 10)->empty());
  CHECK(house.history(started.instance) ==
        std::vector<std::string>{"instance_started", "node_entered", "node_exited",
                                 "instance_completed"});
  CHECK(house.findings().empty());
  const EngineCounters counters = house.engine->counters();
  CHECK(counters.calls_begun == 1);
  CHECK(counters.calls_failed == 0);
}

TEST_CASE("an answer that comes twice, or with another key, changes nothing", "[engine][calls]") {
  Held house;
  house.settle().publish(definition("twice", std::string(one_call) + "  - again: {call: http, with: {method: get, endpoint: https://api.example.vn/y}}\n"));
  const Receipt started = house.start("twice");
  const CallOrder first = house.held->order(0);
  answer(first, 1);
  const CallOrder second = house.held->order(1);
  answer(first, 2);
  FinishCall stray;
  stray.node = second.node;
  stray.key = "another";
  REQUIRE(house.engine->submit(started.instance, stray, {}));
  CHECK(row_of(house, started.instance)->status == InstanceStatus::waiting);
  answer(second, 3);
  CHECK(ended(house, started.instance) == InstanceStatus::completed);
  CHECK(output_of(house, started.instance) == 3);
}

TEST_CASE("a cancelled instance drops its call; a late answer means nothing", "[engine][calls]") {
  Held house;
  house.settle().publish(definition("asks", one_call));
  const Receipt started = house.start("asks");
  const CallOrder order = house.held->order(0);
  REQUIRE(house.engine->submit(started.instance, CancelInstance{PersonId{"an"}, "thử"}, {}));
  CHECK(house.held->wait_for_cancelled(order.key));
  CHECK(house.store->reads()->pending_calls(0, 0, 10)->empty());
  answer(order, 1);
  REQUIRE(house.engine->submit(started.instance, ContinueRun{}, {}));
  CHECK(row_of(house, started.instance)->status == InstanceStatus::cancelled);
  CHECK(house.findings().empty());
}

TEST_CASE("calls that nobody answered are made again after a restart, under the same keys",
          "[engine][calls]") {
  Held house;
  house.settle().publish(definition("asks", one_call));
  std::set<std::string> keys;
  for (int i = 0; i < 5; ++i) (void)house.start("asks");
  for (std::size_t i = 0; i < 5; ++i) keys.insert(house.held->order(i).key);
  house.close();
  house.held = std::make_shared<HeldCalls>();
  house.calls = house.held;
  house.open();
  std::set<std::string> again;
  for (std::size_t i = 0; i < 5; ++i) again.insert(house.held->order(i).key);
  CHECK(again == keys);
  CHECK(keys.size() == 5);
  // Without anybody to make them they wait.
  house.close();
  house.calls = nullptr;
  house.open();
  CHECK(house.store->reads()->pending_calls(0, 0, 10)->size() == 5);
  CHECK(house.findings().empty());
}

TEST_CASE("no more calls are out than the limit says; the others wait their turn",
          "[engine][calls][limits]") {
  Held house;
  house.limits.calls_in_flight_max = 2;
  house.settle().publish(definition("asks", one_call));
  std::vector<InstanceId> all;
  for (int i = 0; i < 5; ++i) all.push_back(house.start("asks").instance);
  for (std::size_t i = 0; i < 5; ++i) {
    const CallOrder order = house.held->order(i);
    CHECK(house.held->orders() <= i + 2);
    CHECK(house.engine->counters().calls_out <= 2);
    answer(order, 1);
  }
  for (const InstanceId& id : all) CHECK(ended(house, id) == InstanceStatus::completed);
}

TEST_CASE("a virtual clock waits for calls that are out", "[engine][calls][clock]") {
  Held house;
  house.settle().publish(definition("asks", R"(
do:
  - both:
      fork:
        branches:
          - ask: {call: http, with: {method: get, endpoint: https://api.example.vn/x}, timeout: {after: {hours: 1}}}
          - pause: {wait: {hours: 5}}
)"));
  const Receipt started = house.start("asks");
  const CallOrder order = house.held->order(0);
  std::promise<void> moved;
  house.engine->advance_clock(monday() + std::chrono::hours{10},
                              [&](const Result<ClockReport>&) { moved.set_value(); });
  // Other work goes on meanwhile.
  REQUIRE(house.engine->submit(started.instance, ContinueRun{}, {}));
  CHECK(house.engine->clock().now() == monday());
  answer(order, 1);
  moved.get_future().wait();
  CHECK(row_of(house, started.instance)->status == InstanceStatus::completed);
}

TEST_CASE("an answer that a full disk refuses is kept and written later", "[engine][calls][disk]") {
  CountingVfs vfs;
  Held house;
  house.vfs = vfs.name();
  house.settle().publish(definition("asks", one_call));
  const Receipt started = house.start("asks");
  const CallOrder order = house.held->order(0);
  vfs.fail_after(1);
  answer(order, {{"ok", true}});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (house.engine->counters().commits_failed == 0 &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  CHECK(house.engine->counters().commits_failed >= 1);
  vfs.heal();
  CHECK(ended(house, started.instance) == InstanceStatus::completed);
  CHECK(output_of(house, started.instance) == Json{{"ok", true}});
  CHECK(house.held->orders() == 1);
  house.close();
}

TEST_CASE("the audit and verify find a call that lost its row", "[engine][calls][audit]") {
  Held house;
  house.settle().publish(definition("asks", one_call));
  const Receipt started = house.start("asks");
  (void)house.held->order(0);
  house.close();
  {
    auto database = Database::open(house.folder.path() / "kyhan.db", {});
    (*database)->execute("DELETE FROM calls");
  }
  house.limits.audit_pause = Milliseconds{1};
  house.open();
  CHECK(house.findings().find("call-missing " + started.instance.text()) != std::string::npos);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (house.engine->counters().orphans_found == 0 &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  CHECK(house.engine->counters().orphans_found > 0);
}

NetworkRules loopback_allowed() {
  NetworkRules rules;
  rules.allow_net.push_back(*parse_network("127.0.0.0/8"));
  return rules;
}

std::string asks(const StubServer& stub, const std::string& more = "") {
  return definition("asks", "\nuse: {secrets: [key]}\ndo:\n  - ask:\n      call: http\n      with: {method: post, endpoint: '" +
                                stub.url() + "/x', headers: {X-Key: '${ $secrets.key }'}, body: {k: '${ $secrets.key }'}, output: response}\n" + more);
}

TEST_CASE("a secret is in no file of the server, whoever echoes it", "[engine][calls][secrets]") {
  StubServer stub{[](const StubRequest& request) -> StubAnswer {
    return {200, Json{{"you sent", request.header("x-key")}, {"body", request.body}}.dump()};
  }};
  House house;
  house.calls = std::make_shared<HttpCalls>(loopback_allowed());
  auto secrets = std::make_shared<Secrets>();
  secrets->values["key"] = "khoa-rat-bi-mat-0123456789";
  house.secrets = secrets;
  house.settle().publish(asks(stub, "  - keep: {set: {answer: '${ . }', key: '${ $secrets.key }'}}\n"));
  const Receipt started = house.start("asks");
  CHECK(ended(house, started.instance) == InstanceStatus::completed);
  CHECK(stub.requests().at(0).header("x-key") == "khoa-rat-bi-mat-0123456789");
  CHECK(output_of(house, started.instance).at("answer").at("content").at("you sent") == "***");
  house.close();
  for (const auto& entry : std::filesystem::recursive_directory_iterator{house.folder.path()}) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file{entry.path(), std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    CAPTURE(entry.path());
    CHECK(bytes.find("khoa-rat-bi-mat") == std::string::npos);
  }
}

TEST_CASE("a step's timeout aborts its call on a real clock", "[engine][calls]") {
  StubServer stub{[](const StubRequest&) { return StubAnswer{200, "", "", {}, true}; }};
  House house;
  house.real_clock = std::make_shared<SystemClock>();
  house.calls = std::make_shared<HttpCalls>(loopback_allowed());
  house.settle().publish(definition("asks", "\ndo:\n  - outer:\n      try: [{ask: {call: http, with: {method: get, endpoint: '" + stub.url() +
                                               "'}, timeout: {after: {milliseconds: 100}}}}]\n      catch: {as: e, do: [{told: {set: {status: '${ $e.status }'}}}]}\n"));
  const Receipt started = house.start("asks");
  CHECK(ended(house, started.instance) == InstanceStatus::completed);
  CHECK(output_of(house, started.instance) == Json{{"status", 408}});
  CHECK(house.store->reads()->pending_calls(0, 0, 10)->empty());
}

TEST_CASE("F5: what a version names elsewhere is fetched once, at publication, and stays with it",
          "[engine][calls][resources]") {
  std::atomic<bool> there = true;
  StubServer stub{[&](const StubRequest& request) -> StubAnswer {
    if (!there) return {500, ""};
    if (request.path() == "/schema.json") return {200, R"({"type": "object", "required": ["id"]})"};
    if (request.path() == "/api.json") {
      return {200, R"({"swagger": "2.0", "paths": {"/x/{id}": {"get": {"operationId": "show",
                       "parameters": [{"name": "id", "in": "path", "required": true}]}}}})"};
    }
    return {200, R"({"asked": ")" + request.target + R"("})"};
  }};
  House house;
  house.calls = std::make_shared<HttpCalls>(loopback_allowed());
  const std::string document = definition(
      "elsewhere", "\ninput: {schema: {resource: {endpoint: '" + stub.url() + "/schema.json'}}}\n" +
                       "do: [{ask: {call: openapi, with: {document: {endpoint: '" + stub.url() +
                       "/api.json'}, operationId: show, parameters: {id: '${ .id }'}}}}]\n");
  house.settle().publish(document);
  CHECK(stub.requests().size() == 2);
  // Asked for the operation alone from now on, also by a server that was started anew.
  house.reopen();
  CHECK(house.try_start("elsewhere", "so-a", "an", Json::object()).error().type == "invalid-input");
  const Receipt started = *house.try_start("elsewhere", "so-a", "an", {{"id", 7}});
  CHECK(ended(house, started.instance) == InstanceStatus::completed);
  CHECK(output_of(house, started.instance) == Json{{"asked", "/x/7"}});
  CHECK(stub.requests().size() == 3);
  CHECK(house.store->reads()->definition_resources({"test", "elsewhere", "1.0.0"})->size() == 2);
  CHECK(house.findings().empty());

  there = false;
  const Result<PublishedReport> report = house.engine->publish_definition(
      definition("later", "\ninput: {schema: {resource: {endpoint: '" + stub.url() +
                              "/schema.json'}}}\ndo: [{a: {set: {b: 1}}}]\n"),
      PersonId{"admin"}, false);
  REQUIRE(report);
  CHECK_FALSE(report->published);
  REQUIRE(report->faults.size() == 1);
  CHECK(report->faults[0].code == "resource-unreachable");
  CHECK(report->faults[0].pointer == "/input/schema/resource/endpoint");
  CHECK(report->faults[0].line > 0);
}

// Not a test of its own: the program that is killed, run by the test below.
TEST_CASE("calls until it is killed", "[.call-worker]") {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  House house;
  StoreOptions options;
  options.home = std::getenv("KYHAN_WORKER_HOME");
  house.calls = std::make_shared<HttpCalls>(loopback_allowed());
  house.store = std::move(*Store::open(options));
  EngineConfig config{house.clock, house.limits, true};
  config.calls = house.calls;
  house.engine = std::move(*Engine::open(*house.store, config));
  (void)house.try_start("asks");
  for (;;) ::pause();
}

TEST_CASE("kill -9 between the request and its answer: the call is made again with the same key",
          "[engine][calls][kill]") {
  std::atomic<bool> answers = false;
  StubServer stub{[&](const StubRequest&) -> StubAnswer {
    if (!answers) return StubAnswer{200, "", "", {}, true};
    return {200, R"({"done": true})"};
  }};
  House house;
  house.settle().publish(definition("asks", "\ndo: [{ask: {call: http, with: {method: post, endpoint: '" +
                                                stub.url() + "/x', body: {n: 1}}}}]\n"));
  house.close();
  const pid_t child = ::fork();
  if (child == 0) {
    ::setenv("KYHAN_WORKER_HOME", house.folder.path().c_str(), 1);
    const int nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, STDOUT_FILENO);
    ::execl("/proc/self/exe", "engine_test", "[.call-worker]", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  const bool arrived = stub.wait_for_requests(1);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  REQUIRE(arrived);
  answers = true;
  house.calls = std::make_shared<HttpCalls>(loopback_allowed());
  house.open();
  REQUIRE(stub.wait_for_requests(2));
  const auto requests = stub.requests();
  const std::string key = requests[0].header("idempotency-key");
  CHECK_FALSE(key.empty());
  CHECK(requests[1].header("idempotency-key") == key);
  CHECK(requests[1].body == requests[0].body);
  const InstanceId id{key.substr(0, key.find('/'))};
  CHECK(ended(house, id) == InstanceStatus::completed);
  CHECK(output_of(house, id) == Json{{"done", true}});
  CHECK(house.findings().empty());
}

}  // namespace
}  // namespace kyhan::test
