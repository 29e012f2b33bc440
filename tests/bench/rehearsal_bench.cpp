// A year of the shipped workflows for all units of a province, rehearsed by the command as users
// run it: with 300 units, made from the demonstration province by copying its departments and
// communes.

#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/row.hpp"

namespace kyhan::bench {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

Json read_json(const fs::path& path) {
  std::ifstream file{path};
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return Json::parse(file);
}

/// Copies of departments and communes, each with people of its own, until there are so many units.
Json province_of(const Json& model, std::size_t units) {
  Json province = model;
  std::map<std::string, std::vector<Json>> staff;  // Those who work in one unit alone.
  for (const Json& person : model.at("people")) {
    if (person.at("memberships").size() == 1) {
      staff[person.at("memberships")[0].at("unit")].push_back(person);
    }
  }
  for (int copy = 2; province.at("units").size() < units; ++copy) {
    const std::string mark = "-" + std::to_string(copy);
    for (const Json& unit : model.at("units")) {
      if (province.at("units").size() >= units) break;
      if (unit.at("kind") != "department" && unit.at("kind") != "commune") continue;
      const std::string id = unit.at("id");
      Json another = unit;
      another["id"] = id + mark;
      province["units"].push_back(std::move(another));
      for (Json person : staff[id]) {
        person["id"] = person.at("id").get<std::string>() + mark;
        person["memberships"][0]["unit"] = id + mark;
        province["people"].push_back(std::move(person));
      }
    }
  }
  return province;
}

struct Ran {
  double seconds = 0;
  double processor = 0;
  double memory_mb = 0;
};

Ran run(std::vector<std::string> words, const fs::path& output) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const auto began = std::chrono::steady_clock::now();
  const pid_t process = ::fork();
  if (process == 0) {
    const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(file, 1);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  int status = 0;
  rusage used{};
  ::wait4(process, &status, 0, &used);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw std::runtime_error("the rehearsal failed");
  }
  const auto seconds_of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(),
          seconds_of(used.ru_utime) + seconds_of(used.ru_stime),
          static_cast<double>(used.ru_maxrss) / 1024.0};
}

void measure(const std::string& program, const fs::path& definitions, std::size_t units) {
  const fs::path folder =
      fs::temp_directory_path() / ("kyhan-rehearsal-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const fs::path directory = folder / "directory.json";
  std::ofstream{directory} << province_of(read_json(definitions / "organisation" / "tinh-mau.json"),
                                          units);
  std::vector<std::string> words{program, "rehearse"};
  for (const auto& one : fs::directory_iterator{definitions / "workflows"}) {
    if (fs::exists(one.path() / "workflow.json")) words.push_back(one.path() / "workflow.json");
  }
  const std::size_t workflows = words.size() - 2;
  for (const char* word : {"--from", "2027-01-01", "--to", "2027-12-31", "--json"})
    words.emplace_back(word);
  words.insert(words.end(),
               {"--directory", directory, "--calendar", definitions / "calendars" / "vn.json"});
  const fs::path output = folder / "rehearsal.json";
  const Ran ran = run(words, output);
  const Json document = read_json(output);
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  print_row("rehearsal of a year, " + std::to_string(workflows) + " workflows, " +
                std::to_string(units) + " units, s",
            number(ran.seconds, 2), number(ran.processor, 2) + " s of processor time", "", "< 5");
  const Json& totals = document.at("totals");
  const auto total = [&](const char* name) { return std::to_string(totals.at(name).get<int>()); };
  print_row("  starts / tasks / reminders / escalations",
            total("starts") + " / " + total("tasks") + " / " + total("reminders") + " / " +
                total("escalations"),
            "", "", "");
  print_row("  memory, MB", number(ran.memory_mb), "", "", "");
}

}  // namespace
}  // namespace kyhan::bench

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: rehearsal_bench PATH_TO_KYHAN DEFINITIONS [UNITS]\n";
    return 2;
  }
  try {
    const int units = argc > 3 ? std::atoi(argv[3]) : 300;
    kyhan::bench::measure(argv[1], argv[2], static_cast<std::size_t>(units));
  } catch (const std::exception& fault) {
    std::cerr << fault.what() << "\n";
    return 1;
  }
  return 0;
}
