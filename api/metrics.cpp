#include "api/metrics.hpp"

#include <array>
#include <fmt/format.h>

#include "api/services.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

constexpr std::array<std::uint64_t, 7> bounds_us = {1'000,   5'000,   10'000,   50'000,
                                                    100'000, 500'000, 2'500'000};

void line(std::string& text, std::string_view name, double value) {
  text += fmt::format("{} {}\n", name, value);
}

void metric(std::string& text, std::string_view name, std::string_view kind, std::string_view help,
            double value) {
  text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, kind);
  line(text, name, value);
}

void append_engine(std::string& text, Services& services) {
  const EngineCounters c = services.engine.counters();
  const auto counter = [&](std::string_view name, std::string_view help, std::uint64_t value) {
    metric(text, name, "counter", help, static_cast<double>(value));
  };
  const auto gauge = [&](std::string_view name, std::string_view help, double value) {
    metric(text, name, "gauge", help, value);
  };
  counter("kyhan_commands_total", "Commands decided, refused ones too.", c.commands);
  counter("kyhan_commands_refused_total", "Commands refused.", c.refused);
  counter("kyhan_steps_total", "Steps that ended or began to wait.", c.steps);
  counter("kyhan_journal_rows_total", "Facts written to the journal.", c.events);
  counter("kyhan_commits_total", "Transactions committed.", c.commits);
  counter("kyhan_commits_failed_total", "Transactions that failed.", c.commits_failed);
  counter("kyhan_timers_fired_total", "Timers fired.", c.timers_fired);
  counter("kyhan_starts_scheduled_total", "Instances started by schedules.", c.starts_scheduled);
  counter("kyhan_outbox_written_total", "Messages put into the outbox.", c.outbox_written);
  counter("kyhan_inbox_refused_total", "Commands refused because the inbox was full.",
          c.inbox_refused);
  counter("kyhan_audit_orphans_total", "Waiting instances found without what they wait for.",
          c.orphans_found);
  counter("kyhan_calls_total", "Calls to other systems made.", c.calls_begun);
  counter("kyhan_calls_failed_total", "Calls that ended in an error.", c.calls_failed);
  gauge("kyhan_calls_out", "Calls that have no answer now.", static_cast<double>(c.calls_out));
  gauge("kyhan_inbox_waiting", "Commands that wait now.", static_cast<double>(c.inbox_waiting));
  gauge("kyhan_states_cached", "Instances kept in memory now.",
        static_cast<double>(c.states_cached));
  gauge("kyhan_timer_lag_seconds", "Lateness of the last timer fired.",
        static_cast<double>(c.timer_lag.count()) / 1000.0);
  if (const auto next = services.store.reads()->next_due()) {
    const Milliseconds waiting =
        *next ? std::max(Milliseconds{0}, services.engine.clock().now() - **next) : Milliseconds{0};
    gauge("kyhan_timers_overdue_seconds", "How long the earliest timer has been due, not fired.",
          static_cast<double>(waiting.count()) / 1000.0);
  }
  counter("kyhan_reminders_sent_total", "Reminders and escalations, one a person.",
          c.reminders_sent);
  counter("kyhan_reminders_late_total", "Of these, more than a minute after their time.",
          c.reminders_late);
  gauge("kyhan_reminder_lag_seconds", "The longest lateness among the last reminders.",
        static_cast<double>(c.reminder_lag.count()) / 1000.0);
  gauge("kyhan_healthy", "1 when the last commit was durable.",
        services.engine.healthy() ? 1.0 : 0.0);
  if (!c.commit_microseconds.empty()) {
    text +=
        "# HELP kyhan_commit_duration_seconds Duration of commits, the log's sync included.\n"
        "# TYPE kyhan_commit_duration_seconds histogram\n";
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < c.commit_microseconds.size(); ++i) {
      const auto& [bound, count] = c.commit_microseconds[i];
      sum += count;
      const bool last = i + 1 == c.commit_microseconds.size();
      text += fmt::format("kyhan_commit_duration_seconds_bucket{{le=\"{}\"}} {}\n",
                          last ? "+Inf" : fmt::format("{}", static_cast<double>(bound) / 1e6), sum);
    }
    text += fmt::format("kyhan_commit_duration_seconds_count {}\n", sum);
  }
}

void append_relay(std::string& text, Services& services) {
  if (!services.relay) return;
  const RelayCounters c = services.relay();
  metric(text, "kyhan_broker_connected", "gauge", "1 when the last attempt went well.",
         c.connected ? 1.0 : 0.0);
  metric(text, "kyhan_published_total", "counter", "Messages the broker confirmed.",
         static_cast<double>(c.published));
  metric(text, "kyhan_unroutable_total", "counter", "Of these, nobody was bound for.",
         static_cast<double>(c.unroutable));
  metric(text, "kyhan_broker_faults_total", "counter", "Connections or batches that failed.",
         static_cast<double>(c.faults));
  metric(text, "kyhan_reminders_confirmed_total", "counter", "Reminders the broker confirmed.",
         static_cast<double>(c.reminders_confirmed));
  metric(text, "kyhan_reminders_confirmed_late_total", "counter",
         "Of these, more than a minute after they were written.",
         static_cast<double>(c.reminders_late));
  metric(text, "kyhan_outbox_oldest_age_seconds", "gauge", "Age of the oldest unsent message.",
         static_cast<double>(c.oldest_age.count()) / 1000.0);
}

void append_mail(std::string& text, Services& services) {
  if (!services.mail) return;
  const MailCounters c = services.mail();
  const auto counter = [&](std::string_view name, std::string_view help, std::uint64_t value) {
    metric(text, name, "counter", help, static_cast<double>(value));
  };
  counter("kyhan_mails_taken_total", "Reminders taken from the queue for e-mail.", c.taken);
  counter("kyhan_mails_sent_total", "E-mails that the SMTP server accepted.", c.sent);
  counter("kyhan_mails_skipped_total", "Reminders that needed no e-mail any more.", c.skipped);
  counter("kyhan_mails_refused_total", "E-mails refused for now, tried again.", c.refused);
  counter("kyhan_mails_dead_total", "E-mails given up, in kyhan.reminders.dead.", c.dead);
  counter("kyhan_mail_failures_total", "Tries that found no SMTP server.", c.failures);
  metric(text, "kyhan_mails_waiting", "gauge", "E-mails that wait.", static_cast<double>(c.waiting));
  metric(text, "kyhan_mail_server_answers", "gauge", "1 when the last try found the SMTP server.",
         c.server_answers ? 1.0 : 0.0);
}

}  // namespace

void HttpMetrics::count(std::string_view method, std::string_view route, int status,
                        std::chrono::microseconds took) {
  std::size_t bucket = 0;
  while (bucket < bounds_us.size() &&
         static_cast<std::uint64_t>(took.count()) > bounds_us[bucket]) {
    ++bucket;
  }
  const std::lock_guard lock{mutex_};
  Series& series = series_[{std::string{method}, std::string{route}}];
  ++series.by_status[status];
  ++series.by_duration[bucket];
  series.microseconds += static_cast<std::uint64_t>(took.count());
}

void HttpMetrics::append_to(std::string& text) const {
  const std::lock_guard lock{mutex_};
  text +=
      "# HELP kyhan_http_requests_total Requests answered.\n"
      "# TYPE kyhan_http_requests_total counter\n";
  for (const auto& [key, series] : series_) {
    for (const auto& [status, count] : series.by_status) {
      text +=
          fmt::format("kyhan_http_requests_total{{method=\"{}\",route=\"{}\",status=\"{}\"}} {}\n",
                      key.first, key.second, status, count);
    }
  }
  text +=
      "# HELP kyhan_http_request_duration_seconds Time to the answer.\n"
      "# TYPE kyhan_http_request_duration_seconds histogram\n";
  for (const auto& [key, series] : series_) {
    const std::string labels = fmt::format("method=\"{}\",route=\"{}\"", key.first, key.second);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < series.by_duration.size(); ++i) {
      sum += series.by_duration[i];
      const std::string bound = i < bounds_us.size()
                                    ? fmt::format("{}", static_cast<double>(bounds_us[i]) / 1e6)
                                    : "+Inf";
      text += fmt::format("kyhan_http_request_duration_seconds_bucket{{{},le=\"{}\"}} {}\n", labels,
                          bound, sum);
    }
    text += fmt::format("kyhan_http_request_duration_seconds_sum{{{}}} {}\n", labels,
                        static_cast<double>(series.microseconds) / 1e6);
    text += fmt::format("kyhan_http_request_duration_seconds_count{{{}}} {}\n", labels, sum);
  }
}

std::string prometheus_text(Services& services) {
  std::string text;
  text +=
      "# HELP kyhan_build_info The version that runs.\n# TYPE kyhan_build_info gauge\n"
      "kyhan_build_info{version=\"" KYHAN_VERSION "\"} 1\n";
  append_engine(text, services);
  append_relay(text, services);
  append_mail(text, services);
  if (const auto sizes = services.store.reads()->sizes()) {
    metric(text, "kyhan_instances_open", "gauge", "Instances that run or wait.",
           static_cast<double>(sizes->instances_open));
    metric(text, "kyhan_tasks_open", "gauge", "Tasks somebody still has to finish.",
           static_cast<double>(sizes->tasks_open));
    metric(text, "kyhan_timers", "gauge", "Timers that wait.", static_cast<double>(sizes->timers));
    metric(text, "kyhan_calls_pending", "gauge", "Calls announced and not answered yet.",
           static_cast<double>(sizes->calls));
    metric(text, "kyhan_outbox_pending", "gauge", "Messages the broker has not confirmed yet.",
           static_cast<double>(sizes->outbox));
  }
  services.metrics.append_to(text);
  return text;
}

}  // namespace kyhan
