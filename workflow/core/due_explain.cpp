// What a computation says for itself, line by line, in words a clerk understands.

#include <utility>

#include "workflow/core/due_computation.hpp"

namespace kyhan {
namespace {

/// Lines of counting that are shown; those in the middle of a longer explanation are left out.
constexpr std::size_t most_lines_shown = 120;

}  // namespace

void Computation::say(Text line) {
  due_.explain.push_back(std::move(line));
}

void Computation::say_start(Date start, bool back) {
  const Text day = long_day(start);
  say(back ? Text{"Tính ngược từ " + day.vi + "; không tính ngày này.",
                  "Counting back from " + day.en + "; that day is not counted."}
           : Text{"Bắt đầu từ " + day.vi + "; không tính ngày này.",
                  "Counting starts from " + day.en + "; that day is not counted."});
}

void Computation::note(Date day, const DayInfo& info, int number) {
  const bool plain = info.working && info.kind == DayKind::work;
  Run run{day, day, info.working, number, number, plain ? Text{} : reason_of(info)};
  if (!runs_.empty() && runs_.back().counted == run.counted && runs_.back().reason == run.reason) {
    runs_.back().last = day;
    runs_.back().to = number;
  } else {
    runs_.push_back(std::move(run));
  }
}

void Computation::say_runs() {
  const bool all = runs_.size() <= most_lines_shown;
  const std::size_t half = most_lines_shown / 2;
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    if (all || i < half || i >= runs_.size() - half) {
      say_run(runs_[i]);
    } else if (i == half) {
      const std::string count = std::to_string(runs_.size() - 2 * half);
      say({"… (lược bớt " + count + " dòng)", "… (" + count + " lines left out)"});
    }
  }
  runs_.clear();
}

void Computation::say_run(const Run& run) {
  const bool back = run.last < run.first;
  Text when = short_day(run.first);
  if (run.last != run.first) {
    const Text last = short_day(run.last);
    when = {when.vi + (back ? " ngược về " : " đến ") + last.vi,
            when.en + (back ? " back to " : " to ") + last.en};
  }
  const Text why =
      run.reason.vi.empty() ? Text{} : Text{" (" + run.reason.vi + ")", " (" + run.reason.en + ")"};
  if (!run.counted) { return say({"Bỏ qua " + when.vi + why.vi, "Skipped: " + when.en + why.en}); }
  const std::string from = std::to_string(run.from), to = std::to_string(run.to);
  say(from == to ? Text{"Ngày làm việc thứ " + from + ": " + when.vi + why.vi,
                        "Working day " + from + ": " + when.en + why.en}
                 : Text{"Ngày làm việc thứ " + from + " đến thứ " + to + ": " + when.vi + why.vi,
                        "Working days " + from + " to " + to + ": " + when.en + why.en});
}

void Computation::note_hours(Date day, const DayInfo& info, Milliseconds worked) {
  if (due_.explain.size() > most_lines_shown) return;
  const Text when = short_day(day);
  if (worked > Milliseconds{0}) {
    const Text span = in_words({0, 0, 0, worked});
    say({when.vi + ": tính " + span.vi, when.en + ": " + span.en + " counted"});
  } else if (!info.working) {
    const Text reason = reason_of(info);
    say({"Bỏ qua " + when.vi + " (" + reason.vi + ")",
         "Skipped: " + when.en + " (" + reason.en + ")"});
  } else {
    say({when.vi + ": không còn giờ làm việc", when.en + ": no working hours left"});
  }
}

/// The limit of a form that counts days; after something moved it, as the new one.
void Computation::say_limit(Date day) {
  const bool again = std::exchange(limit_said_, true);
  const Text head = again ? Text{"Hạn mới: ", "Now due "} : Text{"Hạn: ", "Due "};
  const Text shown = long_day(day);
  if (form_.before) {
    say({head.vi + "xong trước 00:00 " + shown.vi + ".",
         head.en + "before 00:00 on " + shown.en + "."});
  } else if (form_.at && *form_.at != std::chrono::minutes{24 * 60}) {
    const std::string clock = clock_time(*form_.at);
    say({head.vi + clock + " " + shown.vi + ".",
         head.en + "by " + clock + " on " + shown.en + "."});
  } else {
    say({head.vi + "hết ngày " + shown.vi + " (24:00).",
         head.en + "by the end of " + shown.en + " (24:00)."});
  }
}

Text Computation::moment(Instant instant) const {
  const std::string clock = to_rfc3339(instant, zone_).substr(11, 5);
  const Text day = long_day(date_in_zone(instant, zone_));
  return {clock + " " + day.vi, clock + " on " + day.en};
}

DueDate Computation::take() {
  if (provisional_year_) {
    due_.provisional = true;
    const std::string year = std::to_string(*provisional_year_);
    say({"Tạm tính: chưa có quyết định chính thức về ngày nghỉ năm " + year +
             "; hạn được tính lại khi có quyết định.",
         "Provisional: no official decision on the days off of " + year +
             " yet; the date is computed again when there is one."});
  }
  return std::move(due_);
}

}  // namespace kyhan
