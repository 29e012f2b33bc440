#include "workflow/core/organisation_csv.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

namespace kyhan {
namespace {

using Cells = std::vector<std::string>;

struct TableForm {
  const char* file;
  Cells columns;
  Cells needed;
};

const std::vector<TableForm>& forms() {
  static const std::vector<TableForm> all{
      {"units.csv",
       {"id", "name", "name_en", "kind", "parent", "calendar", "from", "to", "successor"},
       {"id", "name", "kind"}},
      {"people.csv", {"id", "name", "email"}, {"id", "name"}},
      {"memberships.csv", {"person", "unit", "roles"}, {"person", "unit", "roles"}},
      {"groups.csv", {"group", "person"}, {"group", "person"}},
      {"absences.csv",
       {"person", "from", "to", "deputy", "roles", "units", "definitions"},
       {"person", "from", "to", "deputy"}},
  };
  return all;
}

struct Row {
  int line = 0;
  std::map<std::string, std::string> cells;  ///< Without the empty ones.
  [[nodiscard]] std::string at(const std::string& column) const {
    const auto found = cells.find(column);
    return found == cells.end() ? std::string{} : found->second;
  }
};

/// Records of RFC 4180 with the lines they begin on. Nothing: a quote is never closed, or something
/// follows one.
std::optional<std::vector<std::pair<int, Cells>>> records_of(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<std::pair<int, Cells>> records;
  Cells cells;
  std::string cell;
  bool quoted = false, was_quoted = false;
  int line = 1, began = 1;
  const auto end_cell = [&] {
    cells.push_back(std::move(cell));
    cell.clear();
    was_quoted = false;
  };
  const auto end_record = [&] {
    const bool blank = cells.empty() && cell.empty() && !was_quoted;
    end_cell();
    if (!blank) records.emplace_back(began, std::move(cells));
    cells.clear();
    began = line;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++line;
    if (quoted) {
      if (c != '"') {
        cell += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        cell += text[++i];
      } else {
        quoted = false;
      }
    } else if (c == '"' && cell.empty() && !was_quoted) {
      quoted = was_quoted = true;
    } else if (c == ',') {
      end_cell();
    } else if (c == '\n') {
      end_record();
    } else if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
      continue;
    } else if (was_quoted || c == '"') {
      return std::nullopt;
    } else {
      cell += c;
    }
  }
  if (quoted) return std::nullopt;
  end_record();
  return records;
}

class TableReader {
 public:
  std::vector<FieldError> faults;

  void fault(const std::string& file, int line, const char* code, Text message) {
    faults.push_back({file + ":" + std::to_string(line), code, std::move(message)});
  }

  std::vector<Row> rows(const TableForm& form, const Tables& tables) {
    const auto found = tables.find(form.file);
    if (found == tables.end()) return {};
    const auto records = records_of(found->second);
    if (!records || records->empty()) {
      fault(form.file, 1, "bad-csv",
            {"Tệp không phải CSV hợp lệ.", "The file is no well-formed CSV."});
      return {};
    }
    const Cells& head = records->front().second;
    for (const std::string& column : head) {
      if (std::ranges::find(form.columns, column) != form.columns.end() &&
          std::ranges::count(head, column) == 1) {
        continue;
      }
      fault(form.file, 1, "unknown-column",
            {"Không có cột “" + column + "”, hoặc cột lặp lại.",
             "There is no column “" + column + "”, or it is there twice."});
    }
    std::vector<Row> rows;
    for (std::size_t i = 1; i < records->size(); ++i) {
      if (auto row = row_of(form, head, (*records)[i])) rows.push_back(std::move(*row));
    }
    return rows;
  }

 private:
  std::optional<Row> row_of(const TableForm& form, const Cells& head,
                            const std::pair<int, Cells>& record) {
    Row row{record.first, {}};
    if (record.second.size() != head.size()) {
      fault(form.file, row.line, "columns",
            {"Dòng có " + std::to_string(record.second.size()) + " ô, tiêu đề có " +
                 std::to_string(head.size()) + ".",
             "The line has " + std::to_string(record.second.size()) + " cells, the head " +
                 std::to_string(head.size()) + "."});
      return std::nullopt;
    }
    for (std::size_t i = 0; i < head.size(); ++i) {
      if (!record.second[i].empty()) row.cells[head[i]] = record.second[i];
    }
    bool whole = true;
    for (const std::string& column : form.needed) {
      if (row.cells.contains(column)) continue;
      fault(form.file, row.line, "required",
            {"Thiếu “" + column + "”.", "“" + column + "” is missing."});
      whole = false;
    }
    if (!whole) return std::nullopt;
    return row;
  }
};

Json list_of(const std::string& words) {
  Json list = Json::array();
  std::string word;
  for (const char c : words + " ") {
    if (c != ' ') {
      word += c;
    } else if (!word.empty()) {
      list.push_back(std::move(word));
      word.clear();
    }
  }
  return list;
}

std::string words_of(const Json& list) {
  std::string words;
  for (const Json& one : list) words += (words.empty() ? "" : " ") + one.get<std::string>();
  return words;
}

Json unit_of(const Row& row) {
  Json unit = {{"id", row.at("id")}, {"kind", row.at("kind")}};
  if (const std::string english = row.at("name_en"); english.empty()) {
    unit["name"] = row.at("name");
  } else {
    unit["name"] = {{"vi", row.at("name")}, {"en", english}};
  }
  for (const char* column : {"parent", "calendar", "from", "to", "successor"}) {
    if (row.cells.contains(column)) unit[column] = row.at(column);
  }
  return unit;
}

Json absence_of(const Row& row) {
  Json absence = {{"from", row.at("from")}, {"to", row.at("to")}, {"deputy", row.at("deputy")}};
  for (const char* column : {"roles", "units", "definitions"}) {
    if (row.cells.contains(column)) absence["scope"][column] = list_of(row.at(column));
  }
  return absence;
}

std::string quoted(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string text = "\"";
  for (const char c : cell) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

void add_line(std::string& table, const Cells& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) table += (i == 0 ? "" : ",") + quoted(cells[i]);
  table += "\r\n";
}

}  // namespace

Result<Json> organisation_from_csv(const Tables& tables) {
  TableReader reader;
  std::map<std::string, std::vector<Row>> rows;
  for (const TableForm& form : forms()) rows[form.file] = reader.rows(form, tables);
  for (const char* file : {"units.csv", "people.csv", "memberships.csv"}) {
    if (tables.contains(file)) continue;
    reader.fault(file, 0, "missing", {"Thiếu tệp này.", "This file is missing."});
  }
  Json document = {{"units", Json::array()}, {"people", Json::array()}, {"groups", Json::array()}};
  for (const Row& row : rows["units.csv"]) document["units"].push_back(unit_of(row));
  std::map<std::string, std::size_t> place;
  for (const Row& row : rows["people.csv"]) {
    Json person = {{"id", row.at("id")}, {"name", row.at("name")}, {"memberships", Json::array()}};
    if (row.cells.contains("email")) person["email"] = row.at("email");
    place.emplace(row.at("id"), document["people"].size());
    document["people"].push_back(std::move(person));
  }
  const auto person_of = [&](const char* file, const Row& row) -> Json* {
    const auto found = place.find(row.at("person"));
    if (found != place.end()) return &document["people"][found->second];
    reader.fault(file, row.line, "unknown-person",
                 {"Không có người “" + row.at("person") + "” trong people.csv.",
                  "There is no person “" + row.at("person") + "” in people.csv."});
    return nullptr;
  };
  for (const Row& row : rows["memberships.csv"]) {
    if (Json* person = person_of("memberships.csv", row)) {
      (*person)["memberships"].push_back(
          {{"unit", row.at("unit")}, {"roles", list_of(row.at("roles"))}});
    }
  }
  for (const Row& row : rows["absences.csv"]) {
    if (Json* person = person_of("absences.csv", row)) {
      (*person)["absences"].push_back(absence_of(row));
    }
  }
  std::map<std::string, Json> groups;
  for (const Row& row : rows["groups.csv"]) {
    if (person_of("groups.csv", row) != nullptr) {
      groups[row.at("group")].push_back(row.at("person"));
    }
  }
  for (auto& [id, members] : groups) {
    document["groups"].push_back({{"id", id}, {"members", std::move(members)}});
  }
  if (reader.faults.empty()) {
    return Result<Json>{boost::system::in_place_value, std::move(document)};
  }
  const FieldError first = reader.faults.front();
  return Error{ErrorCode::invalid,
               "bad-table",
               {first.pointer + ": " + first.message.vi, first.pointer + ": " + first.message.en},
               std::move(reader.faults)};
}

Tables organisation_to_csv(const Json& organisation) {
  Tables tables;
  for (const TableForm& form : forms()) add_line(tables[form.file], form.columns);
  for (const Json& unit : organisation.at("units")) {
    const Json& name = unit.at("name");
    Cells cells{unit.at("id").get<std::string>(),
                name.is_string() ? name.get<std::string>() : name.at("vi").get<std::string>(),
                name.is_string() ? std::string{} : name.at("en").get<std::string>(),
                unit.at("kind").get<std::string>()};
    for (const char* column : {"parent", "calendar", "from", "to", "successor"}) {
      cells.push_back(unit.value(column, ""));
    }
    add_line(tables["units.csv"], cells);
  }
  for (const Json& person : organisation.at("people")) {
    const std::string id = person.at("id").get<std::string>();
    add_line(tables["people.csv"],
             {id, person.at("name").get<std::string>(), person.value("email", "")});
    for (const Json& one : person.at("memberships")) {
      add_line(tables["memberships.csv"],
               {id, one.at("unit").get<std::string>(), words_of(one.at("roles"))});
    }
    for (const Json& one : person.value("absences", Json::array())) {
      Cells cells{id, one.at("from").get<std::string>(), one.at("to").get<std::string>(),
                  one.at("deputy").get<std::string>()};
      const Json scope = one.value("scope", Json::object());
      for (const char* column : {"roles", "units", "definitions"}) {
        cells.push_back(words_of(scope.value(column, Json::array())));
      }
      add_line(tables["absences.csv"], cells);
    }
  }
  for (const Json& group : organisation.value("groups", Json::array())) {
    for (const Json& member : group.at("members")) {
      add_line(tables["groups.csv"],
               {group.at("id").get<std::string>(), member.get<std::string>()});
    }
  }
  return tables;
}

}  // namespace kyhan
