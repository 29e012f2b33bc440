// Files in and out: streamed to the disk, checked to be what they say, kept under their hash.

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>

#include "api/access.hpp"
#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/passwords.hpp"
#include "api/show.hpp"
#include "workflow/core/person_text.hpp"
#include "workflow/store/blob_store.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;
/// Files one person may have uploaded without an answer that uses them.
constexpr std::int64_t unused_attachments_max = 200;

constexpr std::string_view word_document =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
constexpr std::string_view spreadsheet =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

struct FileKind {
  std::string_view media_type;
  std::string_view magic;
  std::string_view folder;  ///< Office files are zip archives with such a member.
};
using namespace std::string_view_literals;
constexpr std::array file_kinds = {
    FileKind{"application/pdf", "%PDF-"sv, ""},   FileKind{"image/png", "\x89PNG\r\n\x1a\n"sv, ""},
    FileKind{"image/jpeg", "\xFF\xD8\xFF"sv, ""}, FileKind{word_document, "PK\x03\x04"sv, "word/"},
    FileKind{spreadsheet, "PK\x03\x04"sv, "xl/"},
};

const FileKind* kind_of(std::string_view media_type) {
  const auto found = std::ranges::find(file_kinds, media_type, &FileKind::media_type);
  return found == file_kinds.end() ? nullptr : &*found;
}

Error unsupported_type() {
  return {ErrorCode::invalid,
          "unsupported-media-type",
          {"Chỉ nhận tệp PDF, PNG, JPEG, DOCX, XLSX đúng với loại đã khai báo.",
           "Only PDF, PNG, JPEG, DOCX and XLSX files that are what they say are accepted."}};
}

/// RFC 6266 with RFC 5987: plain letters for old clients, the real name for all others.
std::string disposition_of(const std::string& name) {
  std::string plain;
  for (const char c : name) {
    plain += static_cast<unsigned char>(c) < 0x80 && c != '\\' && c != '"' ? c : '_';
  }
  return "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + percent_encode(name);
}

/// What the task's definition says about this kind of evidence; null when it knows none.
const Json* find_rule(const Json& spec, const std::string& type) {
  const auto rules = spec.find("attachments");
  if (rules == spec.end() || !rules->is_array()) return nullptr;
  for (const Json& rule : *rules) {
    if (rule.is_object() && rule.value("type", "") == type) return &rule;
  }
  return nullptr;
}

bool allows(const Json& rule, std::string_view media_type) {
  const auto types = rule.find("mediaTypes");
  if (types == rule.end() || !types->is_array() || types->empty()) return true;
  return std::any_of(types->begin(), types->end(),
                     [&](const Json& type) { return type.is_string() && type == media_type; });
}

std::int64_t bytes_max_of(const Json& rule) {
  const auto max = rule.find("maxBytes");
  if (max == rule.end() || !max->is_number_integer()) return attachment_bytes_max;
  return std::min(attachment_bytes_max, max->get<std::int64_t>());
}

Error too_many_unused() {
  const std::string most = std::to_string(unused_attachments_max);
  return {
      ErrorCode::too_many,
      "too-many-attachments",
      {"Bạn có " + most + " tệp đã tải lên mà chưa dùng; hãy gửi kết quả hoặc chờ chúng được xóa.",
       "You have uploaded " + most +
           " files that no answer uses yet; send it, or wait for "
           "them to go."}};
}

/// The disk keeps this much for the database, whatever people upload.
constexpr std::uint64_t bytes_kept_free = 256ull << 20;

Result<void> check_space(const BlobStore& blobs, std::uint64_t wanted) {
  const std::uint64_t free = blobs.bytes_free();
  if (free == 0 || free >= wanted + bytes_kept_free) return {};
  return Error{ErrorCode::unavailable,
               "disk-full",
               {"Ổ đĩa của máy chủ không đủ chỗ cho tệp này. Hãy báo quản trị viên.",
                "The server's disk has no room for this file. Tell the administrator."}};
}

/// Whether what has come so far can be such a file. Office files are zip archives with a member of
/// their folder, which may come late; only its beginning is known early.
bool can_begin(const FileKind& kind, std::string_view head) {
  const std::size_t known = std::min(head.size(), kind.magic.size());
  return head.substr(0, known) == kind.magic.substr(0, known);
}

/// What an upload may be, found before its first byte is read.
struct UploadPlan {
  TaskRow task;
  const FileKind* kind = nullptr;
  std::int64_t bytes_max = 0;
};

Result<UploadPlan> plan_upload(const Call& call) {
  UploadPlan plan;
  const ReadLease reads = call.services.store.reads();
  Result<TaskRow> task = visible_task(call, *reads, TaskId{call.query.text("task")});
  if (!task) return task.error();
  plan.task = std::move(*task);
  const Result<TaskStanding> stands = standing(call, *reads, plan.task);
  if (!stands) return stands.error();
  if (!stands->may_act(plan.task)) {
    return forbidden("not-a-candidate",
                     {"Bạn không được xử lý nhiệm vụ này nên không gửi được tài liệu.",
                      "You may not act on this task, so you cannot add evidence to it."});
  }
  const std::string_view content_type = call.request.headers.find("Content-Type");
  plan.kind = kind_of(content_type.substr(0, content_type.find(';')));
  if (plan.kind == nullptr) return unsupported_type();
  const Json spec = task_spec(plan.task);
  const Json* rule = find_rule(spec, call.query.text("type"));
  if (rule == nullptr) {
    return bad_parameter("type", {"nhiệm vụ này không nhận loại tài liệu đó.",
                                  "this task takes no such kind of evidence."});
  }
  if (!allows(*rule, plan.kind->media_type)) return unsupported_type();
  plan.bytes_max = bytes_max_of(*rule);
  const Result<std::int64_t> unused = reads->count_unused_attachments(call.caller.person);
  if (!unused) return unused.error();
  if (*unused >= unused_attachments_max) return too_many_unused();
  return plan;
}

class FileSource final : public BodySource {
 public:
  explicit FileSource(std::ifstream file) : file_(std::move(file)) {}
  asio::awaitable<std::string> next() override {
    std::string piece(piece_bytes, '\0');
    file_.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    piece.resize(static_cast<std::size_t>(file_.gcount()));
    co_return piece;
  }

 private:
  std::ifstream file_;
};

}  // namespace

HandlerResult upload_attachment(Call& call) {
  const Result<UploadPlan> plan = plan_upload(call);
  if (!plan) co_return plan.error();
  const auto declared = call.request.body->declared_size();
  if (declared && *declared > static_cast<std::uint64_t>(plan->bytes_max)) {
    co_return too_large(static_cast<std::size_t>(plan->bytes_max));
  }
  const Result<void> space = check_space(call.services.blobs, declared.value_or(0));
  if (!space) co_return space.error();
  Result<BlobWriter> writer = call.services.blobs.begin(plan->bytes_max);
  if (!writer) co_return writer.error();
  std::string head;  // Enough to know the kind of file by.
  for (;;) {
    const Result<std::string> piece = co_await call.request.body->next();
    if (!piece) co_return piece.error();
    if (piece->empty()) break;
    if (head.size() < piece_bytes) {
      head += piece->substr(0, piece_bytes - head.size());
      if (!can_begin(*plan->kind, head)) co_return unsupported_type();
    }
    const Result<void> written = writer->write(std::span{piece->data(), piece->size()});
    if (!written) co_return written.error();
  }
  const FileKind& kind = *plan->kind;
  const bool is_archive = !kind.folder.empty();
  const bool has_folder = head.find(kind.folder) != std::string::npos ||
                          head.find("[Content_Types].xml") != std::string::npos;
  if (!head.starts_with(kind.magic) || (is_archive && !has_folder)) co_return unsupported_type();

  StoredBlob blob;
  std::function<Result<Json>()> sync = [&writer, &blob] {
    const Result<StoredBlob> finished = writer->finish();
    if (!finished) return Result<Json>{boost::system::in_place_error, finished.error()};
    blob = *finished;
    return success(nullptr);
  };
  const Result<Json> synced = co_await run_blocking(call.services, std::move(sync));
  if (!synced) co_return synced.error();

  AttachmentRow row;
  row.file.id = random_token(15);
  row.file.type = call.query.text("type");
  row.file.name = tame_file_name(call.query.text("name"));
  row.file.media_type = std::string{kind.media_type};
  row.file.size = blob.size;
  row.file.sha256 = to_hex(blob.sha256);
  row.instance = plan->task.instance;
  row.task = plan->task.id;
  row.uploaded_by = call.caller.person;
  row.uploaded_at = call.services.engine.clock().now();
  std::function<Result<Json>(UnitOfWork&)> work = [row](UnitOfWork& unit) {
    unit.stage_attachment(row);
    return success(nullptr);
  };
  const Result<Json> kept = co_await write(call.services.engine, std::move(work));
  if (!kept) co_return kept.error();
  co_return json_reply(201, attachment_json(call, row));
}

HandlerResult download_attachment(Call& call) {
  const ReadLease reads = call.services.store.reads();
  const auto found = reads->find_attachment(call.parameters.front());
  if (!found) co_return found.error();
  if (!*found) co_return not_found();
  const AttachmentRow& row = **found;
  const Result<TaskRow> task = visible_task(call, *reads, row.task);
  const Result<InstanceRow> instance = visible_instance(call, *reads, row.instance);
  // An upload nobody has used yet belongs to whoever made it.
  const bool own = row.uploaded_by == call.caller.person && !call.caller.person.empty();
  if (!own && !instance && !(task && row.used)) co_return not_found();
  const auto hash = sha256_from_hex(row.file.sha256);
  if (!hash) co_return internal_fault();
  std::ifstream file{call.services.blobs.path_of(*hash), std::ios::binary};
  if (!file) co_return internal_fault();
  Reply reply;
  reply.headers.set("Content-Type", row.file.media_type);
  reply.headers.set("Content-Disposition", disposition_of(row.file.name));
  reply.headers.set("Content-Security-Policy", "sandbox; default-src 'none'");
  reply.headers.set("Cache-Control", "private, no-cache");
  reply.stream = std::make_unique<FileSource>(std::move(file));
  reply.stream_size = static_cast<std::uint64_t>(row.file.size);
  co_return reply;
}

}  // namespace kyhan
