// A backup can be trusted: it comes back whole, or is refused.

#include "workflow/store/backup.hpp"

#include <fstream>

#include "workflow/store/blob_store.hpp"
#include "workflow/store/verify.hpp"

#include "tests/store/support.hpp"

namespace kyhan::test {
namespace {

namespace fs = std::filesystem;

/// An instance with one attachment, whose bytes lie where they belong.
Sha256 commit_with_attachment(Store& store, const std::string& id) {
  commit_run(store, id, "u", "an");
  const BlobStore blobs = BlobStore::open(store.attachments_folder()).value();
  BlobWriter writer = blobs.begin(1000).value();
  const std::string bytes = "minutes of " + id;
  REQUIRE(writer.write(bytes));
  const StoredBlob blob = writer.finish().value();
  UnitOfWork work{store};
  AttachmentRow row;
  row.file = {"att-" + id,       "minutes", "bien-ban.pdf",
              "application/pdf", blob.size, to_hex(blob.sha256)};
  row.instance = InstanceId{id};
  row.used = true;
  work.stage_attachment(row);
  REQUIRE(work.commit());
  return blob.sha256;
}

TEST_CASE("a restored home holds everything the backup saw", "[store][backup]") {
  const Folder place;
  const auto store = open_store(place.path() / "home");
  const Sha256 sha256 = commit_with_attachment(*store, "i-1");
  const BackupReport report = back_up(*store, place.path() / "copy", at(0)).value();
  CHECK(report.files == 2);
  commit_run(*store, "i-2", "u", "an");  // After the backup: not in it.

  CHECK(restore(place.path() / "copy", place.path() / "other").value().files == 2);
  const auto restored = open_store(place.path() / "other");
  CHECK(restored->reads()->find_instance(InstanceId{"i-1"}).value());
  CHECK_FALSE(restored->reads()->find_instance(InstanceId{"i-2"}).value());
  CHECK(BlobStore::at(restored->attachments_folder()).intact(sha256).value());
  CHECK(verify(*restored).value().findings.empty());
  commit_run(*restored, "i-3", "u", "an");
  CHECK(verify(*restored).value().instances == 2);
}

TEST_CASE("a backup goes into an empty folder only", "[store][backup]") {
  const Folder place;
  const auto store = open_store(place.path() / "home");
  fs::create_directories(place.path() / "copy");
  std::ofstream{place.path() / "copy" / "note.txt"} << "mine";
  const auto refused = back_up(*store, place.path() / "copy", at(0));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().type == "folder-not-empty");
  CHECK(fs::exists(place.path() / "copy" / "note.txt"));
}

TEST_CASE("a home in use is never restored over", "[store][backup]") {
  const Folder place;
  const auto store = open_store(place.path() / "home");
  REQUIRE(back_up(*store, place.path() / "copy", at(0)));
  const auto refused = restore(place.path() / "copy", place.path() / "home");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().type == "home-not-empty");
}

TEST_CASE("a damaged backup is refused by file, and nothing is written", "[store][backup]") {
  const Folder place;
  const auto store = open_store(place.path() / "home");
  const Sha256 sha256 = commit_with_attachment(*store, "i-1");
  const fs::path copy = place.path() / "copy";
  REQUIRE(back_up(*store, copy, at(0)));
  const auto refusal = [&] {
    const auto refused = restore(copy, place.path() / "other");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().type == "backup-damaged");
    CHECK_FALSE(fs::exists(place.path() / "other"));
    REQUIRE(refused.error().fields.size() == 1);
    return refused.error().fields[0];
  };
  SECTION("an attachment was changed") {
    std::ofstream{BlobStore::at(copy / "attachments").path_of(sha256)} << "forged";
    CHECK(refusal().code == "checksum");
  }
  SECTION("an attachment is missing") {
    fs::remove(BlobStore::at(copy / "attachments").path_of(sha256));
    CHECK(refusal().code == "missing");
  }
  SECTION("the database was cut short") {
    fs::resize_file(copy / "kyhan.db", fs::file_size(copy / "kyhan.db") - 4096);
    const FieldError fault = refusal();
    CHECK(fault.code == "checksum");
    CHECK(fault.pointer == "/kyhan.db");
  }
  SECTION("the manifest was never finished") {
    fs::remove(copy / "manifest.json");
    CHECK(refusal().code == "manifest");
  }
  SECTION("the manifest points out of the backup") {
    Json manifest = Json::parse(std::ifstream{copy / "manifest.json"});
    manifest["files"][1]["path"] = "../home/kyhan.db";
    std::ofstream{copy / "manifest.json"} << manifest;
    CHECK(refusal().code == "manifest");
  }
}

TEST_CASE("a missing attachment makes the backup fail, not lie", "[store][backup]") {
  const Folder place;
  const auto store = open_store(place.path() / "home");
  const Sha256 sha256 = commit_with_attachment(*store, "i-1");
  fs::remove(BlobStore::at(store->attachments_folder()).path_of(sha256));
  CHECK_FALSE(back_up(*store, place.path() / "copy", at(0)));
  CHECK_FALSE(fs::exists(place.path() / "copy" / "manifest.json"));
}

}  // namespace
}  // namespace kyhan::test
