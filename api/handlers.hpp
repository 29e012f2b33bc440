#pragma once
/// All handlers by name; routes.cpp puts them into the table. One resource a file.

#include "api/call.hpp"

namespace kyhan {

using HandlerResult = asio::awaitable<Result<Reply>>;

// session.cpp
HandlerResult sign_in(Call& call);
HandlerResult show_session(Call& call);
HandlerResult sign_out(Call& call);
// definitions.cpp
HandlerResult list_definitions(Call& call);
HandlerResult show_definition(Call& call);
HandlerResult publish(Call& call);
HandlerResult show_people_check(Call& call);
// functions.cpp
HandlerResult list_functions(Call& call);
HandlerResult show_function(Call& call);
// votes.cpp
HandlerResult show_vote(Call& call);
// instances.cpp
HandlerResult start_instances(Call& call);
HandlerResult list_instances(Call& call);
HandlerResult cancel_instance(Call& call);
// instance_detail.cpp, history.cpp
HandlerResult show_instance(Call& call);
HandlerResult show_history(Call& call);
// tasks.cpp, task_detail.cpp, task_actions.cpp
HandlerResult list_tasks(Call& call);
HandlerResult show_task(Call& call);
HandlerResult claim_task(Call& call);
HandlerResult release_task(Call& call);
HandlerResult complete_task(Call& call);
// task_verbs.cpp
HandlerResult begin_task(Call& call);
HandlerResult delegate_task(Call& call);
HandlerResult reassign_task(Call& call);
HandlerResult request_info_at_task(Call& call);
HandlerResult provide_info_at_task(Call& call);
HandlerResult add_signer_to_task(Call& call);
HandlerResult remove_signer_of_task(Call& call);
HandlerResult recall_answer(Call& call);
// bulk.cpp, jobs.cpp
HandlerResult act_on_tasks(Call& call);
HandlerResult list_jobs(Call& call);
HandlerResult show_job(Call& call);
HandlerResult list_job_results(Call& call);
// care.cpp
HandlerResult withdraw_task(Call& call);
HandlerResult retry_instance(Call& call);
// why.cpp
HandlerResult show_why(Call& call);
// comments.cpp
HandlerResult comment_on_task(Call& call);
HandlerResult comment_on_instance(Call& call);
HandlerResult list_task_comments(Call& call);
HandlerResult list_instance_comments(Call& call);
// drafts.cpp
HandlerResult show_draft(Call& call);
HandlerResult save_draft(Call& call);
HandlerResult discard_draft(Call& call);
// reminders.cpp
HandlerResult show_task_notifications(Call& call);
// attachments.cpp
HandlerResult upload_attachment(Call& call);
HandlerResult download_attachment(Call& call);
// unsubscribe.cpp
HandlerResult show_unsubscribe(Call& call);
HandlerResult unsubscribe(Call& call);
// preferences.cpp
HandlerResult show_preferences(Call& call);
HandlerResult set_preferences(Call& call);
HandlerResult show_notice_limits(Call& call);
HandlerResult set_notice_limits(Call& call);
// notifications.cpp
HandlerResult list_notifications(Call& call);
HandlerResult read_notifications(Call& call);
// organisation.cpp
HandlerResult list_units(Call& call);
HandlerResult hand_over_unit(Call& call);
HandlerResult export_organisation(Call& call);
HandlerResult list_people(Call& call);
// absences.cpp
HandlerResult list_absences(Call& call);
HandlerResult add_absence(Call& call);
HandlerResult take_back_absence(Call& call);
// overview.cpp
HandlerResult show_overview(Call& call);
// rehearsals.cpp
HandlerResult rehearse_period(Call& call);
// calendar.cpp
HandlerResult compute_deadline(Call& call);
HandlerResult list_days(Call& call);
HandlerResult show_clock(Call& call);
HandlerResult move_clock(Call& call);
// calendars.cpp
HandlerResult list_calendars(Call& call);
HandlerResult show_calendar(Call& call);
HandlerResult put_calendar(Call& call);
HandlerResult remove_calendar(Call& call);
HandlerResult preview_calendar(Call& call);
HandlerResult list_calendar_changes(Call& call);
HandlerResult show_calendar_change(Call& call);
HandlerResult undo_calendar_change(Call& call);
// suspension.cpp, extensions.cpp
HandlerResult suspend_instance(Call& call);
HandlerResult resume_instance(Call& call);
HandlerResult request_extension(Call& call);
HandlerResult decide_extension(Call& call);
// events.cpp
HandlerResult stream_events(Call& call);
HandlerResult receive_event(Call& call);
// health.cpp
HandlerResult show_version(Call& call);
HandlerResult show_openapi(Call& call);
HandlerResult show_health(Call& call);
HandlerResult show_readiness(Call& call);
HandlerResult show_metrics(Call& call);
// administration.cpp
HandlerResult list_accounts(Call& call);
HandlerResult add_account(Call& call);
HandlerResult set_password(Call& call);
HandlerResult add_token(Call& call);
HandlerResult import_units_and_people(Call& call);
HandlerResult verify_database(Call& call);
HandlerResult back_up_home(Call& call);

/// *TaskDetail* of docs/api.md.
[[nodiscard]] Result<Json> task_detail(const Call& call, const TaskRow& task);

/// `api/openapi.json`, as it was at build time.
[[nodiscard]] std::string_view openapi_document();

}  // namespace kyhan
