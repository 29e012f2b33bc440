// The only file that knows the Mustache library.

#include "messaging/mail_templates.hpp"

#include <fstream>
#include <kainjow/mustache.hpp>

namespace kyhan {
namespace {

namespace mustache = kainjow::mustache;

constexpr std::uintmax_t file_bytes_max = 64 * 1024;
constexpr std::string_view subject_mark = "Subject: ";

mustache::data to_data(const Json& value) {
  if (value.is_object()) {
    mustache::data object{mustache::data::type::object};
    for (const auto& [key, member] : value.items()) object.set(key, to_data(member));
    return object;
  }
  if (value.is_array()) {
    mustache::data list{mustache::data::type::list};
    for (const Json& item : value) list << to_data(item);
    return list;
  }
  if (value.is_boolean()) {
    return mustache::data{value.get<bool>() ? mustache::data::type::bool_true
                                            : mustache::data::type::bool_false};
  }
  if (value.is_null()) return mustache::data{mustache::data::type::bool_false};
  return mustache::data{value.is_string() ? value.get<std::string>() : value.dump()};
}

std::string rendered(const std::string& text, const mustache::data& data, bool escape) {
  mustache::mustache page{text};
  if (!escape) page.set_custom_escape([](const std::string& plain) { return plain; });
  return page.render(data);
}

std::string fault_of(const std::string& name, const std::string& text) {
  const mustache::mustache page{text};
  if (!page.is_valid()) return page.error_message();
  if (name.ends_with(".txt") && !text.starts_with(subject_mark)) {
    return "the first line must be \"Subject: ...\"";
  }
  return {};
}

bool is_template(const std::string& name) {
  for (const char* end : {".vi.txt", ".en.txt", ".vi.html", ".en.html"}) {
    if (name.ends_with(end)) return true;
  }
  return false;
}

}  // namespace

Result<std::shared_ptr<const MailTemplates>> MailTemplates::load(
    const std::filesystem::path& folder) {
  auto templates = std::make_shared<MailTemplates>();
  templates->files_ = built_in_templates();
  std::vector<FieldError> faults;
  const auto fault = [&faults](const std::string& file, const std::string& why) {
    faults.push_back({file, "template", {why, why}});
  };
  std::error_code unreadable;
  if (!folder.empty()) {
    for (const auto& entry : std::filesystem::directory_iterator{folder, unreadable}) {
      const std::string name = entry.path().filename().string();
      if (!entry.is_regular_file() || !is_template(name)) continue;
      if (entry.file_size() > file_bytes_max) {
        fault(name, "larger than 64 KiB");
        continue;
      }
      std::ifstream stream{entry.path(), std::ios::binary};
      templates->files_[name] = std::string{std::istreambuf_iterator<char>{stream}, {}};
    }
    if (unreadable) fault(folder.string(), unreadable.message());
  }
  for (const auto& [name, text] : templates->files_) {
    if (const std::string why = fault_of(name, text); !why.empty()) fault(name, why);
  }
  if (faults.empty()) return std::shared_ptr<const MailTemplates>{std::move(templates)};
  return Error{ErrorCode::invalid,
               "templates-invalid",
               {"Mẫu thư chưa đúng: " + faults.front().pointer + ": " + faults.front().message.vi,
                "The templates of e-mails are faulty: " + faults.front().pointer + ": " +
                    faults.front().message.en},
               std::move(faults)};
}

bool MailTemplates::contains(const std::string& name) const {
  return files_.contains(name + ".vi.txt");
}

RenderedMail MailTemplates::render(const std::string& name, const std::string& language,
                                   const Json& data) const {
  const auto file = [&](const std::string& end) -> std::string {
    for (const std::string& one : {name, std::string("notice")}) {
      for (const std::string& in : {language, std::string("vi")}) {
        const auto found = files_.find(one + "." + in + end);
        if (found != files_.end()) return found->second;
      }
    }
    return {};
  };
  const mustache::data given = to_data(data);
  RenderedMail mail;
  const std::string text = rendered(file(".txt"), given, false);
  const std::size_t line = text.find('\n');
  mail.subject = text.substr(0, line);
  if (mail.subject.starts_with(subject_mark)) mail.subject.erase(0, subject_mark.size());
  std::size_t body = line == std::string::npos ? text.size() : line;
  while (body < text.size() && text[body] == '\n') ++body;
  mail.text = text.substr(body);
  mail.html = rendered(file(".html"), given, true);
  return mail;
}

}  // namespace kyhan
