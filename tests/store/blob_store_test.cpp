// Attachments on the disk.

#include "workflow/store/blob_store.hpp"

#include <atomic>
#include <barrier>
#include <fstream>
#include <thread>

#include "tests/store/support.hpp"

namespace kyhan::test {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t plenty = 1 << 20;

int files_in(const fs::path& folder) {
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator{folder}) {
    files += entry.is_regular_file() ? 1 : 0;
  }
  return files;
}

Result<StoredBlob> put(const BlobStore& blobs, std::string_view bytes) {
  BlobWriter writer = blobs.begin(plenty).value();
  if (const Result<void> written = writer.write(bytes); !written) return written.error();
  return writer.finish();
}

TEST_CASE("a file is found under the hash of its bytes", "[store][attachments]") {
  const Folder folder;
  const BlobStore blobs = BlobStore::open(folder.path() / "attachments").value();
  BlobWriter writer = blobs.begin(plenty).value();
  REQUIRE(writer.write(std::string_view{"biên "}));
  REQUIRE(writer.write(std::string_view{"bản"}));
  const StoredBlob blob = writer.finish().value();
  CHECK(blob.sha256 == sha256_of("biên bản"));
  CHECK(blob.size == 11);
  const std::string hex = to_hex(blob.sha256);
  CHECK(blobs.path_of(blob.sha256) ==
        folder.path() / "attachments" / hex.substr(0, 2) / hex.substr(2, 2) / hex);
  CHECK(blobs.intact(blob.sha256).value());
}

TEST_CASE("the same bytes are kept once", "[store][attachments]") {
  const Folder folder;
  const BlobStore blobs = BlobStore::open(folder.path()).value();
  REQUIRE(put(blobs, "same"));
  REQUIRE(put(blobs, "same"));
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("an upload that breaks off leaves nothing", "[store][attachments]") {
  const Folder folder;
  const BlobStore blobs = BlobStore::open(folder.path()).value();
  {
    BlobWriter writer = blobs.begin(plenty).value();
    REQUIRE(writer.write(std::string_view{"half of it"}));
    CHECK(files_in(folder.path()) == 1);
  }
  CHECK(files_in(folder.path()) == 0);
}

TEST_CASE("what a killed server left half uploaded is gone after the next start",
          "[store][attachments]") {
  const Folder folder;
  fs::create_directories(folder.path() / "tmp");
  std::ofstream{folder.path() / "tmp" / "upload-7"} << "half";
  const BlobStore blobs = BlobStore::open(folder.path()).value();
  CHECK(files_in(folder.path()) == 0);
  CHECK(put(blobs, "whole"));
}

TEST_CASE("one byte above the limit is refused, the limit itself is not", "[store][attachments]") {
  const Folder folder;
  const BlobStore blobs = BlobStore::open(folder.path()).value();
  BlobWriter exact = blobs.begin(4).value();
  REQUIRE(exact.write(std::string_view{"1234"}));
  CHECK(exact.finish());
  BlobWriter above = blobs.begin(4).value();
  REQUIRE(above.write(std::string_view{"123"}));
  const Result<void> refused = above.write(std::string_view{"45"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::too_large);
}

TEST_CASE("bytes that changed on the disk are noticed", "[store][attachments]") {
  const Folder folder;
  const BlobStore blobs = BlobStore::open(folder.path()).value();
  const StoredBlob blob = put(blobs, "decision 12").value();
  std::ofstream{blobs.path_of(blob.sha256)} << "decision 13";
  CHECK_FALSE(blobs.intact(blob.sha256).value());
  CHECK_FALSE(blobs.intact(sha256_of("never stored")).value());
}

TEST_CASE("a sweep removes only what no row names", "[store][attachments]") {
  const Folder folder;
  const BlobStore blobs = BlobStore::open(folder.path()).value();
  const Sha256 named = put(blobs, "named").value().sha256;
  const Sha256 orphan = put(blobs, "orphan").value().sha256;
  const auto names = [&](const Sha256& sha256) { return sha256 == named; };
  CHECK(blobs.sweep(names, std::chrono::hours{1}).value() == 0);  // Just uploaded.
  CHECK(blobs.contains(orphan));
  CHECK(blobs.sweep(names, std::chrono::seconds{0}).value() == 1);
  CHECK(blobs.contains(named));
  CHECK_FALSE(blobs.contains(orphan));
}

TEST_CASE("a sweep spares bytes that an upload has just found there", "[store][attachments]") {
  const Folder folder;
  const BlobStore blobs = BlobStore::open(folder.path()).value();
  const StoredBlob old = put(blobs, "same").value();
  const fs::path place = blobs.path_of(old.sha256);
  fs::last_write_time(place, fs::file_time_type::clock::now() - std::chrono::hours{5});
  REQUIRE(put(blobs, "same"));
  CHECK(blobs.sweep([](const Sha256&) { return false; }, std::chrono::hours{1}).value() == 0);
  CHECK(blobs.intact(old.sha256).value());
}

TEST_CASE("many uploads of the same bytes beside sweeps all end with the bytes there",
          "[store][attachments]") {
  const Folder folder;
  const BlobStore blobs = BlobStore::open(folder.path()).value();
  constexpr int hands = 8;
  std::atomic<int> failed = 0;
  std::atomic<bool> done = false;
  std::barrier together{hands};
  std::vector<std::thread> uploads;
  for (int i = 0; i < hands; ++i) {
    uploads.emplace_back([&, i] {
      for (int round = 0; round < 30; ++round) {
        const std::string bytes = "round " + std::to_string(round);
        if (i == 0) {
          // An old copy that no row names any more: the sweeps are after it.
          if (!put(blobs, bytes)) ++failed;
          std::error_code gone;
          fs::last_write_time(blobs.path_of(sha256_of(bytes)),
                              fs::file_time_type::clock::now() - std::chrono::hours{5}, gone);
        }
        together.arrive_and_wait();
        const Result<StoredBlob> blob = put(blobs, bytes);
        if (!blob || !blobs.contains(blob->sha256)) ++failed;
        together.arrive_and_wait();
      }
    });
  }
  std::thread sweeping([&] {
    while (!done) {
      if (!blobs.sweep([](const Sha256&) { return false; }, std::chrono::hours{1})) ++failed;
    }
  });
  for (std::thread& one : uploads) one.join();
  done = true;
  sweeping.join();
  CHECK(failed == 0);
  CHECK(files_in(folder.path() / "tmp") == 0);
}

TEST_CASE("an unused upload is forgotten, a used one stays", "[store][attachments]") {
  const Folder home;
  const auto store = open_store(home.path());
  UnitOfWork work{*store};
  const auto row = [](const char* id, const char* name) {
    AttachmentRow out;
    out.file = {id, "minutes", name, "application/pdf", 3, to_hex(sha256_of(id))};
    out.task = TaskId{"i.1"};
    out.uploaded_at = at(0);
    return out;
  };
  // A name is only shown: what it says never becomes a path.
  work.stage_attachment(row("a", "../../etc/passwd"));
  work.stage_attachment(row("b", "b.pdf"));
  work.stage_attachment_used("a", InstanceId{"i"}, TaskId{"i.1"});
  work.clear_unused_attachments(at(1));
  REQUIRE(work.commit());
  const ReadLease reads = store->reads();
  CHECK(reads->find_attachment("a").value()->used);
  CHECK(reads->find_attachment("a").value()->file.name == "../../etc/passwd");
  CHECK_FALSE(reads->find_attachment("b").value());
  CHECK(reads->attachment_bytes_named(to_hex(sha256_of("a"))).value());
  CHECK(reads->attachments_of(InstanceId{"i"}).value().size() == 1);
}

}  // namespace
}  // namespace kyhan::test
