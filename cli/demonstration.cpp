#include "cli/demonstration.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include "api/engine_calls.hpp"
#include "api/passwords.hpp"
#include "workflow/core/documents.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

/// Digits and letters that cannot be mistaken for each other, in groups.
std::string readable_password() {
  std::string password;
  for (const char c : random_token(48)) {
    constexpr std::string_view clear = "abcdefghijkmnpqrstuvwxyz23456789";
    if (clear.find(c) == std::string_view::npos) continue;
    if (password.size() == 4 || password.size() == 9) password += '-';
    password += c;
    if (password.size() == 14) return password;
  }
  return readable_password();
}

Result<Json> read_json(const std::filesystem::path& file) {
  const Result<std::string> text = read_text(file.string());
  if (!text) return text.error();
  return parse_json(*text);
}

Result<void> write_private(const std::filesystem::path& file, const std::string& text) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  bool whole = descriptor >= 0;
  if (whole) {
    whole = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    whole = ::close(descriptor) == 0 && whole;
  }
  if (whole) return {};
  const std::string why = std::strerror(errno);
  return Error{ErrorCode::unavailable,
               "storage",
               {"Không ghi được " + file.string() + ": " + why,
                "Cannot write " + file.string() + ": " + why}};
}

}  // namespace

std::filesystem::path find_definitions() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  for (const std::filesystem::path& folder :
       {self.parent_path() / "../../definitions",
        std::filesystem::path{"/usr/share/kyhan/definitions"}}) {
    if (std::filesystem::is_directory(folder / "organisation", error)) {
      return std::filesystem::weakly_canonical(folder, error);
    }
  }
  return {};
}

Result<void> furnish_demonstration(const Terminal& terminal, Services& services,
                                   const std::filesystem::path& definitions,
                                   const std::filesystem::path& home) {
  if (definitions.empty()) return {};
  if (services.engine.directory()->people().empty()) {
    const Result<Json> organisation = read_json(definitions / "organisation" / "tinh-mau.json");
    if (!organisation) return organisation.error();
    const Result<Json> imported = services.engine.import_organisation(*organisation, PersonId{});
    if (!imported) return imported.error();
  }
  const Result<Json> wanted = read_json(definitions / "organisation" / "demo-accounts.json");
  if (!wanted) return wanted.error();
  const auto directory = services.engine.directory();

  std::vector<AccountRow> rows;
  Json shown = Json::array();
  for (const Json& one : *wanted) {
    const std::string account = one.value("account", "");
    const PersonId person{one.value("person", "")};
    const Person* known = directory->find_person(person);
    const auto existing = services.store.reads()->find_account(account);
    if (!existing) return existing.error();
    if (known == nullptr || *existing) continue;
    const std::string password = readable_password();
    Result<std::string> hash = PasswordWorker::hash_now(password, PasswordCost::normal);
    if (!hash) return hash.error();
    AccountRow row;
    row.account = account;
    row.person = person;
    row.password_hash = std::move(*hash);
    row.changed_at = services.wall_clock.now();
    rows.push_back(std::move(row));
    shown.push_back({{"account", account},
                     {"password", password},
                     {"person", person.text()},
                     {"name", known->name},
                     {"role", one.value("role", Json())},
                     {"unit", one.value("unit", "")}});
  }
  if (rows.empty()) return {};
  // The file first: an account whose password nobody knows would be of no use.
  if (const Result<void> written = write_private(home / "accounts.json", shown.dump(2) + "\n");
      !written) {
    return written.error();
  }
  const Result<Json> kept = services.engine.write([&rows](UnitOfWork& unit) {
    for (const AccountRow& row : rows) unit.stage_account(row);
    return success(nullptr);
  });
  if (!kept) return kept.error();
  terminal.out << terminal.say({"Tài khoản dùng thử (lưu tại ", "Demonstration accounts (kept in "})
               << (home / "accounts.json").string() << "):\n";
  for (const Json& one : shown) {
    const Json role = one["role"];
    terminal.out << "  " << one.value("account", "") << "  " << one.value("password", "") << "  "
                 << one.value("name", "") << ", "
                 << (role.is_object() ? role.value(terminal.vietnamese ? "vi" : "en", "") : "")
                 << "\n";
  }
  terminal.out << std::flush;
  return {};
}

}  // namespace kyhan
