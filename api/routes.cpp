// The table of routes, in the order of docs/api.md.

#include "api/handlers.hpp"
#include "api/router.hpp"

namespace kyhan {

std::span<const Route> routes() {
  using enum Method;
  constexpr std::size_t batch_bytes_max = 16u << 20;
  // A vocabulary reads best as a table, hence:
  // clang-format off
  static const std::vector<Route> table = {
      {post,    "/api/v1/session",                    Door::anyone,        Body::json,   {}, sign_in},
      {get,     "/api/v1/session",                    Door::signed_in,     Body::none,   {}, show_session},
      {delete_, "/api/v1/session",                    Door::signed_in,     Body::none,   {}, sign_out},
      {get,     "/api/v1/definitions",                Door::signed_in,     Body::none,   {}, list_definitions},
      {get,     "/api/v1/definitions/{name}",         Door::signed_in,     Body::none,   {"version"}, show_definition},
      {post,    "/api/v1/definitions",                Door::administrator, Body::text,   {"dryRun", "strict"}, publish},
      {get,     "/api/v1/definitions/{name}/people",  Door::administrator, Body::none,   {"version"}, show_people_check},
      {get,     "/api/v1/functions",                  Door::anyone,        Body::none,   {}, list_functions},
      {get,     "/api/v1/functions/{name}/{version}/function.yaml", Door::anyone, Body::none, {}, show_function},
      {post,    "/api/v1/instances",                  Door::signed_in,     Body::json,   {}, start_instances},
      {get,     "/api/v1/instances",                  Door::signed_in,     Body::none,   {"unit", "subtree", "state", "definition", "mine", "q", "limit", "after"}, list_instances},
      {get,     "/api/v1/instances/{id}",             Door::signed_in,     Body::none,   {}, show_instance},
      {get,     "/api/v1/instances/{id}/history",     Door::signed_in,     Body::none,   {"limit", "after"}, show_history},
      {post,    "/api/v1/instances/{id}:cancel",      Door::signed_in,     Body::json,   {}, cancel_instance},
      {post,    "/api/v1/instances/{id}:retry",       Door::administrator, Body::json,   {}, retry_instance},
      {get,     "/api/v1/instances/{id}/why",         Door::signed_in,     Body::none,   {}, show_why},
      {post,    "/api/v1/instances/{id}:comment",     Door::signed_in,     Body::json,   {}, comment_on_instance},
      {get,     "/api/v1/instances/{id}/comments",    Door::signed_in,     Body::none,   {"limit", "after"}, list_instance_comments},
      {get,     "/api/v1/tasks",                      Door::signed_in,     Body::none,   {"view", "state", "due", "unit", "definition", "q", "limit", "after"}, list_tasks},
      {post,    "/api/v1/tasks:batch",                Door::signed_in,     Body::json,   {}, act_on_tasks, batch_bytes_max},
      {get,     "/api/v1/tasks/{id}",                 Door::signed_in,     Body::none,   {}, show_task},
      {get,     "/api/v1/tasks/{id}/notifications",   Door::signed_in,     Body::none,   {"next"}, show_task_notifications},
      {post,    "/api/v1/tasks/{id}:claim",           Door::signed_in,     Body::json,   {}, claim_task},
      {post,    "/api/v1/tasks/{id}:release",         Door::signed_in,     Body::json,   {}, release_task},
      {post,    "/api/v1/tasks/{id}:complete",        Door::signed_in,     Body::json,   {}, complete_task},
      {post,    "/api/v1/tasks/{id}:comment",         Door::signed_in,     Body::json,   {}, comment_on_task},
      {get,     "/api/v1/tasks/{id}/comments",        Door::signed_in,     Body::none,   {"limit", "after"}, list_task_comments},
      {get,     "/api/v1/tasks/{id}/draft",           Door::signed_in,     Body::none,   {}, show_draft},
      {put,     "/api/v1/tasks/{id}/draft",           Door::signed_in,     Body::json,   {}, save_draft},
      {delete_, "/api/v1/tasks/{id}/draft",           Door::signed_in,     Body::none,   {}, discard_draft},
      {post,    "/api/v1/tasks/{id}:start",           Door::signed_in,     Body::json,   {}, begin_task},
      {post,    "/api/v1/tasks/{id}:delegate",        Door::signed_in,     Body::json,   {}, delegate_task},
      {post,    "/api/v1/tasks/{id}:reassign",        Door::signed_in,     Body::json,   {}, reassign_task},
      {post,    "/api/v1/tasks/{id}:requestInfo",     Door::signed_in,     Body::json,   {}, request_info_at_task},
      {post,    "/api/v1/tasks/{id}:provideInfo",     Door::signed_in,     Body::json,   {}, provide_info_at_task},
      {post,    "/api/v1/tasks/{id}:addSigner",       Door::signed_in,     Body::json,   {}, add_signer_to_task},
      {post,    "/api/v1/tasks/{id}:removeSigner",    Door::signed_in,     Body::json,   {}, remove_signer_of_task},
      {post,    "/api/v1/tasks/{id}:recall",          Door::signed_in,     Body::json,   {}, recall_answer},
      {post,    "/api/v1/tasks/{id}:withdraw",        Door::administrator, Body::json,   {}, withdraw_task},
      {get,     "/api/v1/votes/{id}",                 Door::signed_in,     Body::none,   {}, show_vote},
      {get,     "/api/v1/jobs",                       Door::signed_in,     Body::none,   {"limit", "after"}, list_jobs},
      {get,     "/api/v1/jobs/{id}",                  Door::signed_in,     Body::none,   {}, show_job},
      {get,     "/api/v1/jobs/{id}/results",          Door::signed_in,     Body::none,   {"state", "limit", "after"}, list_job_results},
      {post,    "/api/v1/attachments",                Door::signed_in,     Body::stream, {"task", "type", "name"}, upload_attachment},
      {get,     "/api/v1/attachments/{id}",           Door::signed_in,     Body::none,   {}, download_attachment},
      {get,     "/api/v1/notifications",              Door::signed_in,     Body::none,   {"unread", "limit", "after"}, list_notifications},
      {post,    "/api/v1/notifications:read",         Door::signed_in,     Body::json,   {}, read_notifications},
      {get,     "/api/v1/me/preferences",             Door::signed_in,     Body::none,   {}, show_preferences},
      {put,     "/api/v1/me/preferences",             Door::signed_in,     Body::json,   {}, set_preferences},
      {get,     "/api/v1/mail/unsubscribe/{token}",   Door::anyone,        Body::none,   {}, show_unsubscribe},
      {post,    "/api/v1/mail/unsubscribe/{token}",   Door::link,          Body::text,   {}, unsubscribe},
      {get,     "/api/v1/notice-limits",              Door::signed_in,     Body::none,   {}, show_notice_limits},
      {put,     "/api/v1/notice-limits",              Door::administrator, Body::json,   {}, set_notice_limits},
      {get,     "/api/v1/units",                      Door::signed_in,     Body::none,   {}, list_units},
      {get,     "/api/v1/overview",                   Door::signed_in,     Body::none,   {"unit"}, show_overview},
      {get,     "/api/v1/people",                     Door::signed_in,     Body::none,   {"q", "unit"}, list_people},
      {get,     "/api/v1/absences",                   Door::signed_in,     Body::none,   {"person", "unit", "from", "to"}, list_absences},
      {post,    "/api/v1/absences",                   Door::signed_in,     Body::json,   {}, add_absence},
      {delete_, "/api/v1/absences/{id}",              Door::signed_in,     Body::none,   {}, take_back_absence},
      {get,     "/api/v1/calendar/due",               Door::signed_in,     Body::none,   {"from", "due", "unit"}, compute_deadline},
      {get,     "/api/v1/calendar/days",              Door::signed_in,     Body::none,   {"from", "to", "unit"}, list_days},
      {post,    "/api/v1/rehearsals",                 Door::administrator, Body::json,   {}, rehearse_period},
      {get,     "/api/v1/clock",                      Door::signed_in,     Body::none,   {}, show_clock},
      {post,    "/api/v1/clock:advance",              Door::signed_in,     Body::json,   {}, move_clock},
      {get,     "/api/v1/events",                     Door::signed_in,     Body::none,   {"after"}, stream_events},
      {post,    "/api/v1/events",                     Door::system,        Body::json,   {}, receive_event},
      {get,     "/api/v1/version",                    Door::anyone,        Body::none,   {}, show_version},
      {get,     "/api/v1/openapi.json",               Door::anyone,        Body::none,   {}, show_openapi},
      // The server's own user, through the Unix socket: what the command line asks for.
      {get,     "/api/v1/accounts",                   Door::own_machine,   Body::none,   {}, list_accounts},
      {post,    "/api/v1/accounts",                   Door::own_machine,   Body::json,   {}, add_account},
      {post,    "/api/v1/accounts/{account}:password", Door::own_machine,  Body::json,   {}, set_password},
      {post,    "/api/v1/tokens",                     Door::own_machine,   Body::json,   {}, add_token},
      {post,    "/api/v1/organisation:import",        Door::own_machine,   Body::json,   {}, import_units_and_people},
      {post,    "/api/v1/calendars:import",           Door::own_machine,   Body::json,   {}, import_calendar_file},
      {post,    "/api/v1/maintenance:verify",         Door::own_machine,   Body::json,   {}, verify_database},
      {post,    "/api/v1/maintenance:backup",         Door::own_machine,   Body::json,   {}, back_up_home},
      // Outside the API: for probes and Prometheus.
      {get,     "/healthz",                           Door::anyone,        Body::none,   {}, show_health},
      {get,     "/readyz",                            Door::anyone,        Body::none,   {"verbose"}, show_readiness},
      {get,     "/metrics",                           Door::anyone,        Body::none,   {}, show_metrics},
  };
  // clang-format on
  return table;
}

}  // namespace kyhan
