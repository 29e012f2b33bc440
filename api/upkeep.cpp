#include "api/upkeep.hpp"

#include "api/engine_calls.hpp"
#include "api/show.hpp"
#include "workflow/store/backup.hpp"
#include "workflow/store/verify.hpp"

namespace kyhan {

Result<Json> verify_report(Store& store) {
  const Result<VerifyReport> report = verify(store);
  if (!report) return report.error();
  Json findings = Json::array();
  for (const Finding& finding : report->findings) {
    findings.push_back({{"code", finding.code},
                        {"instance", finding.instance.text()},
                        {"text", to_json(finding.text)}});
  }
  return success({{"instances", report->instances},
                  {"journalRows", report->journal_rows},
                  {"attachments", report->attachments},
                  {"findings", std::move(findings)}});
}

Result<Json> backup_report(Store& store, const std::string& folder, Instant at) {
  const Result<BackupReport> report = back_up(store, folder, at);
  if (!report) return report.error();
  return success({{"folder", folder}, {"files", report->files}, {"bytes", report->bytes}});
}

}  // namespace kyhan
