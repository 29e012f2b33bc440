#include "workflow/store/migrate.hpp"

#include "workflow/store/rows.hpp"

namespace kyhan {
namespace {

Error newer(std::int64_t found, int known) {
  const std::string there = std::to_string(found);
  const std::string here = std::to_string(known);
  return {ErrorCode::conflict,
          "database-newer",
          {"Cơ sở dữ liệu ở phiên bản lược đồ " + there + ", mới hơn phiên bản " + here +
               " mà chương trình này biết. Hãy dùng bản chương trình mới hơn; dữ liệu chưa bị "
               "thay đổi.",
           "The database has schema " + there + ", newer than schema " + here +
               " which this program knows. Use a later version of the program; nothing has been "
               "changed."}};
}

Error changed(const std::string& name) {
  return {ErrorCode::conflict,
          "migration-changed",
          {"Bước nâng cấp lược đồ " + name +
               " đã được áp dụng với nội dung khác với chương trình này; đây không phải cơ sở dữ "
               "liệu của nó.",
           "Schema step " + name +
               " was applied with another content than this program has; this is not its "
               "database."}};
}

}  // namespace

Result<void> migrate(Database& database, const std::vector<Migration>& steps) {
  return guarded([&]() -> Result<void> {
    database.execute(
        "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
        "checksum TEXT NOT NULL) STRICT");
    std::map<std::int64_t, std::string> applied;
    {
      Statement rows = database.prepare("SELECT number, checksum FROM migrations");
      while (rows.step()) applied.emplace(rows.integer(0), rows.text(1));
    }
    const int known = steps.empty() ? 0 : steps.back().number;
    if (!applied.empty() && applied.rbegin()->first > known) {
      return newer(applied.rbegin()->first, known);
    }
    for (const Migration& step : steps) {
      const std::string checksum = to_hex(sha256_of(step.sql));
      if (const auto found = applied.find(step.number); found != applied.end()) {
        if (found->second != checksum) return changed(std::string{step.name});
        continue;
      }
      Transaction transaction{database};
      database.execute(std::string{step.sql});
      database.prepare("INSERT INTO migrations (number, name, checksum) VALUES (?, ?, ?)")
          .bind_all(step.number, step.name, checksum)
          .run();
      transaction.commit();
    }
    return {};
  });
}

}  // namespace kyhan
