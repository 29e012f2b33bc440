// The words of e-mails: all that are shipped, in both languages and forms, and those of a folder.

#include "messaging/mail_templates.hpp"

#include <fstream>

#include "tests/store/support.hpp"
#include "tests/support/results.hpp"

namespace kyhan::test {
namespace {

Json item(bool overdue) {
  return {{"title", "Thẩm định <hồ sơ>"},
          {"what", "Hạn xử lý: Thứ Tư 09/9/2026."},
          {"case", "Đề nghị khen thưởng"},
          {"unit", "Sở Nội vụ"},
          {"due", "Thứ Tư 09/9/2026"},
          {"overdue", overdue},
          {"url", "https://kyhan.example.vn/tasks/i.1"}};
}

TEST_CASE("every shipped template renders whole, escapes HTML and leaves no tag",
          "[messaging][mail]") {
  const auto templates = MailTemplates::load({}).value();
  for (const char* name : {"reminder", "notice", "digest"}) {
    for (const char* language : {"vi", "en"}) {
      for (const bool overdue : {false, true}) {
        CAPTURE(name, language, overdue);
        Json data = item(overdue);
        data["name"] = "Trần Quang Hưng";
        data["settingsUrl"] = "https://kyhan.example.vn/notifications";
        data["late"] = overdue;
        data["count"] = 2;
        data["more"] = overdue ? Json(3) : Json(false);
        data["overdueCount"] = overdue ? Json(2) : Json(false);
        data["items"] = Json::array({item(overdue), item(overdue)});
        const RenderedMail mail = templates->render(name, language, data);
        for (const std::string& text : {mail.subject, mail.text, mail.html}) {
          CHECK_FALSE(text.empty());
          CHECK(text.find("{{") == std::string::npos);
          CHECK(text.find("}}") == std::string::npos);
        }
        CHECK(mail.subject.find('\n') == std::string::npos);
        CHECK(mail.text.find("Thẩm định <hồ sơ>") != std::string::npos);
        CHECK(mail.text.find("https://kyhan.example.vn/tasks/i.1") != std::string::npos);
        CHECK(mail.html.find("Thẩm định &lt;hồ sơ&gt;") != std::string::npos);
        CHECK(mail.html.find("<hồ sơ>") == std::string::npos);
        CHECK(mail.html.find(std::string("lang=\"") + language + "\"") != std::string::npos);
      }
    }
  }
}

TEST_CASE("a folder replaces and adds templates, and its faults are named", "[messaging][mail]") {
  const Folder folder;
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream{folder.path() / name} << text;
  };
  write("reminder.vi.txt", "Subject: Nhớ {{title}}\n\nBài viết");
  write("urgent.vi.txt", "Subject: KHẨN {{title}}\n\nNgay");
  write("notes.md", "{{#broken");
  const auto templates = MailTemplates::load(folder.path()).value();
  CHECK(templates->render("reminder", "vi", {{"title", "việc"}}).subject == "Nhớ việc");
  CHECK(templates->render("reminder", "en", {{"title", "work"}}).subject == "Reminder: work");
  CHECK(templates->contains("urgent"));
  // Without an English one, the Vietnamese.
  CHECK(templates->render("urgent", "en", {{"title", "x"}}).subject == "KHẨN x");

  write("broken.vi.html", "{{#open}}never closed");
  write("lost.en.txt", "no subject");
  const auto faulty = MailTemplates::load(folder.path());
  REQUIRE_FALSE(faulty);
  CHECK(faulty.error().fields.size() == 2);
  CHECK_FALSE(MailTemplates::load(folder.path() / "nowhere"));
}

}  // namespace
}  // namespace kyhan::test
