#include "workflow/store/unit_of_work.hpp"

#include "workflow/store/store.hpp"
#include "workflow/store/work.hpp"

namespace kyhan {
namespace {

Error finished() {
  return {ErrorCode::unavailable,
          "storage",
          {"Giao dịch này đã kết thúc.", "This transaction has ended already."}};
}

}  // namespace

UnitOfWork::UnitOfWork(Store& store) : work_(std::make_unique<Work>(*store.writer_)) {
  work_->stage([&] { work_->transaction.emplace(*work_->writer.database); });
}

UnitOfWork::~UnitOfWork() {
  roll_back();
}

void UnitOfWork::begin_command() {
  if (work_->savepoint) throw std::logic_error("a command is under way already");
  work_->stage([&] { work_->savepoint.emplace(*work_->writer.database); });
}

Result<void> UnitOfWork::keep_command() {
  if (work_->failure) return *work_->failure;
  work_->stage([&] {
    if (!work_->savepoint) throw std::logic_error("no command is under way");
    work_->savepoint->keep();
  });
  const std::optional<Error> failed = work_->command_failure;
  drop_command();
  if (work_->failure) return *work_->failure;
  if (failed) return *failed;
  return {};
}

void UnitOfWork::drop_command() noexcept {
  work_->savepoint.reset();
  work_->command_failure.reset();
  if (!work_->failure && !work_->writer.database->in_transaction()) {
    work_->failure = storage_error(0, "the transaction was lost");
  }
}

Result<void> UnitOfWork::commit() {
  if (work_->savepoint) throw std::logic_error("a command is still under way");
  if (!work_->failure && work_->transaction) {
    work_->stage([&] { work_->transaction->commit(); });
  }
  const std::optional<Error> failed = work_->failure;
  roll_back();
  if (failed) return *failed;
  return {};
}

void UnitOfWork::roll_back() noexcept {
  work_->savepoint.reset();
  work_->transaction.reset();
  work_->command_failure.reset();
  if (!work_->failure) work_->failure = finished();
}

bool UnitOfWork::failed() const {
  return work_->failed();
}

}  // namespace kyhan
