// What may stand in text from people, how files are named, who is mentioned.

#include "workflow/core/person_text.hpp"

#include <catch2/catch.hpp>

#include "workflow/core/mentions.hpp"

using namespace kyhan;

namespace {

std::string fault(std::string_view text, Lines lines = Lines::many, std::size_t most = 100) {
  const auto found = fault_in_text(text, lines, most, "/x");
  return found ? found->code : "";
}

std::shared_ptr<const Directory> people(const std::vector<std::string>& ids) {
  Json file{{"units", Json::array({{{"id", "so-a"}, {"name", "Sở A"}, {"kind", "department"}}})},
            {"people", Json::array()}};
  for (const std::string& id : ids) {
    file["people"].push_back({{"id", id}, {"name", id}, {"memberships", Json::array()}});
  }
  return Directory::parse(file).value();
}

std::string named(std::string_view comment, const Directory& directory) {
  std::string text;
  for (const PersonId& one : mentioned_in(comment, directory)) text += one.text() + " ";
  return text;
}

}  // namespace

TEST_CASE("Vietnamese, line breaks and emoji are kept as they are", "[core][text]") {
  CHECK(fault("Đề nghị xem lại khoản 2.\n\t- Căn cứ: “Điều 4” 👍🏽\r\n") ==
        "");
  CHECK(fault("Nguyễn Thị Ánh", Lines::one) == "");
}

TEST_CASE("characters that steer or turn the text are refused by name and place", "[core][text]") {
  for (const char* text : {"a\x01", "a\x1B[31m", "a\x7F", "a\xC2\x85", "a\xEF\xBF\xBE"}) {
    INFO(text);
    CHECK(fault(text) == "control-character");
  }
  for (const char* text :
       {"a\xE2\x80\xAE", "a\xE2\x80\x8F", "a\xE2\x81\xA6", "a\xE2\x81\xA9", "a\xD8\x9C"}) {
    INFO(text);
    CHECK(fault(text) == "bidi-control");
  }
  CHECK(fault(std::string_view{"a\0b", 3}) == "control-character");
  CHECK(fault("a\nb", Lines::one) == "line-break");
  CHECK(fault("a\xE2\x80\xA8", Lines::one) == "line-break");
  CHECK(fault("a\tb", Lines::one) == "control-character");
  CHECK(fault("a\xC3") == "json-encoding");
  CHECK(fault("a\xED\xA0\x80") == "json-encoding");  // Half of a surrogate pair.
  const auto told = fault_in_text("ệ\xE2\x80\xAE", Lines::many, 100, "/comment");
  REQUIRE(told);
  CHECK(told->pointer == "/comment");
  CHECK(told->message.en ==
        "It has a character that turns the direction of writing (U+202E) at "
        "place 2; remove it.");
}

TEST_CASE("length is counted in characters", "[core][text]") {
  CHECK(fault("ệệệ", Lines::one, 3) == "");
  CHECK(fault("ệệệệ", Lines::one, 3) == "maxLength");
}

TEST_CASE("every string of form data is looked at, names of fields too", "[core][text]") {
  const Json data = {{"a", {{"b/c", Json::array({"x", "y\x07"})}}}, {"d\x07", 1}};
  const std::vector<FieldError> faults = faults_in_texts(data, "/data");
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].pointer == "/data/a/b~1c/1");
  CHECK(faults[1].pointer == "/data/d\x07");
  Json many = Json::array();
  for (int i = 0; i < 500; ++i) many.push_back("\x01");
  CHECK(faults_in_texts(many, "").size() == 100);
}

TEST_CASE("a file's name loses its path and whatever is dangerous to show", "[core][text]") {
  CHECK(tame_file_name("../../etc/passwd") == "passwd");
  CHECK(tame_file_name("C:\\Users\\an\\Báo cáo.pdf") == "Báo cáo.pdf");
  CHECK(tame_file_name("a\x01\"b\n.pdf") == "a__b_.pdf");
  CHECK(tame_file_name("hoa-don\xE2\x80\xAE"
                       "fdp.exe") == "hoa-don_fdp.exe");
  CHECK(tame_file_name("..") == "tep-dinh-kem");
  CHECK(tame_file_name("a/") == "tep-dinh-kem");
  CHECK(tame_file_name(" . ") == "tep-dinh-kem");
  CHECK(tame_file_name("a\xFF.pdf") == "a_.pdf");
  const std::string name = tame_file_name(std::string(300, 'a') + "ệ.pdf");
  CHECK(name.size() == file_name_bytes_max);
  CHECK(name.ends_with("a.pdf"));
  std::string tall;
  for (int i = 0; i < 100; ++i) tall += "ệ";  // Three bytes each: cut between characters.
  CHECK_FALSE(fault_in_text(tame_file_name(tall + ".docx"), Lines::one, 200, ""));
}

TEST_CASE("people are named by their id at the start of a word", "[core][mentions]") {
  const auto directory = people({"an", "an-binh", "cuc"});
  CHECK(named("@an xem giúp, cả @cuc nữa", *directory) == "an cuc ");
  CHECK(named("(@an-binh): đồng ý", *directory) == "an-binh ");
  CHECK(named("Nhờ @an- rồi @an, @an.", *directory) == "an ");
  CHECK(named("gửi tới an@so-a.vn hoặc ông@an", *directory) == "");
  CHECK(named("@khong-co @ @@an", *directory) == "an ");
  CHECK(named("@an-binhx @ant", *directory) == "");
}
