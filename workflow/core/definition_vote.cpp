// The `with` of vote.

#include "workflow/core/definition_functions.hpp"

namespace kyhan::definition {
namespace {

/// Options as written: strings or {id, label}. Nothing when they are not all literal.
std::optional<std::set<std::string>> option_ids(const Json* options) {
  if (options == nullptr || !options->is_array()) return std::nullopt;
  std::set<std::string> ids;
  for (const auto& option : *options) {
    if (is_expression(option)) return std::nullopt;
    if (option.is_string()) {
      ids.insert(option.get<std::string>());
    } else if (const auto id = literal_string(option, "id")) {
      ids.insert(*id);
    } else {
      return std::nullopt;
    }
  }
  return ids;
}

void check_option(Reader& reader, const Json& option, const std::string& pointer) {
  if (!option.is_object()) return check_word(reader, option, pointer);
  if (!reader.closed(option, pointer, {"id", "label", "style"})) return;
  if (const auto* id = reader.required(option, pointer, "id")) {
    check_word(reader, *id, below(pointer, "id"));
  }
  check_member(reader, option, pointer, "label", check_text);
  reader.choice(option, pointer, "style", {"positive", "neutral", "negative"}, {}, true);
}

void check_window(Reader& reader, const Json& window, const std::string& pointer) {
  if (is_expression(window)) return;
  if (!reader.closed(window, pointer, {"opens", "closes"})) return;
  check_member(reader, window, pointer, "opens", check_due);
  check_member(reader, window, pointer, "closes", check_due);
}

void check_threshold(Reader& reader, const Json& threshold, const std::string& pointer,
                     const std::optional<std::set<std::string>>& options) {
  if (is_expression(threshold)) return;
  if (!reader.closed(threshold, pointer, {"option", "share", "of", "strict"})) return;
  check_member(reader, threshold, pointer, "option", check_word);
  if (const auto option = literal_string(threshold, "option");
      option && options && !options->contains(*option)) {
    reader.fault(below(pointer, "option"), "unknown-outcome",
                 {"Không có phương án \"" + *option + "\" trong options.",
                  "There is no option \"" + *option + "\" in options."});
  }
  if (const auto* share = reader.required(threshold, pointer, "share")) {
    check_share(reader, *share, below(pointer, "share"));
  }
  reader.choice(threshold, pointer, "of", {"cast", "eligible", "present", "votes-without-abstain"},
                {}, true);
  if (const auto* strict = find(threshold, "strict");
      strict != nullptr && !is_expression(*strict)) {
    reader.flag(threshold, pointer, "strict");
  }
}

/// What would let a ballot be traced to its voter is refused where it is written.
void check_secret(Reader& reader, const Json& with, const std::string& pointer, bool recorded,
                  bool revotes) {
  const auto refuse = [&](const std::string& field, Text message) {
    reader.fault(below(pointer, field), "not-secret", std::move(message));
  };
  if (recorded) {
    refuse("ballot", {"Biểu quyết ghi nhận (recorded) không có phiếu trên hệ thống; bỏ ballot đi.",
                      "A recorded vote has no ballots here; leave ballot out."});
  }
  if (revotes) {
    refuse("revote", {"Phiếu kín đã bỏ không đổi được: không tìm lại được phiếu của ai.",
                      "A secret ballot that was cast cannot be changed: nobody can find whose it is."});
  }
  if (literal_string(with, "earlyClose") == "whenDecided") {
    refuse("earlyClose", {"Phiếu làm ngã ngũ cuộc biểu quyết sẽ bị lộ; dùng whenAllVoted hoặc never.",
                          "The ballot that decides the vote would be read from its closing; use "
                          "whenAllVoted or never."});
  }
  if (literal_string(with, "publishTally") == "live") {
    refuse("publishTally", {"Số phiếu công khai dần làm lộ từng phiếu.",
                            "A tally that grows in sight gives each ballot away."});
  }
}

}  // namespace

void check_vote(Reader& reader, const Json& with, const std::string& pointer) {
  if (!reader.closed(
          with, pointer,
          {"question",    "title",      "instructions", "mode",        "electorate",   "options",
           "ballot",      "window",     "quorum",       "threshold",   "earlyClose",   "revote",
           "exclude",     "reminders",  "teller",       "countersign", "seats",        "candidates",
           "attachments", "legalBasis", "publishTally", "due",         "dueCertainty", "certainty",
           "expire",      "context",    "tieBreak",     "minutes"},
          {"public", "signature", "watchers", "escalation", "completion", "substitutes",
           "assignment"})) {
    return;
  }
  if (const auto* question = reader.required(with, pointer, "question")) {
    check_text(reader, *question, below(pointer, "question"));
  }
  check_member(reader, with, pointer, "title", check_text);
  check_member(reader, with, pointer, "instructions", check_text);
  constexpr std::size_t recorded = 1;
  const auto mode = reader.choice(with, pointer, "mode", {"cast", "recorded"}, {}, true);
  // A meeting's teller writes down how many were summoned where the definition cannot know them.
  if (mode != recorded) reader.required(with, pointer, "electorate");
  check_member(reader, with, pointer, "electorate", check_candidates);
  const auto* options = find(with, "options");  // By default: for, against, abstain.
  if (options != nullptr) {
    const auto at = below(pointer, "options");
    check_each(reader, *options, at, check_option);
    const auto ids = option_ids(options);
    constexpr std::size_t options_min = 2;
    if (ids && ids->size() != options->size()) {
      reader.fault(at, "duplicate-name",
                   {"Hai phương án trùng nhau.", "Two options are the same."});
    } else if (ids && ids->size() < options_min) {
      reader.fault(at, "out-of-range",
                   {"Cần ít nhất hai phương án.", "At least two options are needed."});
    }
  }
  constexpr std::size_t secret = 1;
  const bool is_secret = reader.choice(with, pointer, "ballot", {"open", "secret"}) == secret;
  check_member(reader, with, pointer, "window", check_window);
  if (const auto* quorum = find(with, "quorum"); quorum != nullptr && !is_expression(*quorum)) {
    const auto at = below(pointer, "quorum");
    if (reader.closed(*quorum, at, {"share", "of"})) {
      if (const auto* share = reader.required(*quorum, at, "share")) {
        check_share(reader, *share, below(at, "share"));
      }
      reader.choice(*quorum, at, "of", {"eligible"}, {}, true);
    }
  }
  if (const auto* threshold = find(with, "threshold")) {
    // With seats the options are the candidates.
    check_threshold(reader, *threshold, below(pointer, "threshold"),
                    with.contains("candidates") ? std::nullopt : option_ids(options));
  }
  reader.choice(with, pointer, "earlyClose", {"whenDecided", "whenAllVoted", "never"}, {}, true);
  const bool revotes = reader.flag(with, pointer, "revote").value_or(false);
  if (revotes && (!with.contains("window") || (with.at("window").is_object() &&
                                               !with.at("window").contains("closes")))) {
    reader.fault(below(pointer, "revote"), "required",
                 {"Bỏ phiếu lại cần window.closes: phải có lúc kết thúc.",
                  "Voting again needs window.closes: it must end some time."});
  }
  check_member(reader, with, pointer, "tieBreak", check_candidate);
  if (const auto* minutes = find(with, "minutes"); minutes != nullptr && !is_expression(*minutes)) {
    const auto at = below(pointer, "minutes");
    if (reader.closed(*minutes, at, {"template"})) {
      check_member(reader, *minutes, at, "template", check_word);
    }
  }
  if (is_secret) check_secret(reader, with, pointer, mode == recorded, revotes);
  check_member(reader, with, pointer, "exclude", check_exclude);
  check_member(reader, with, pointer, "reminders", check_reminders);
  for (const std::string key : {"teller", "countersign"}) {
    check_member(reader, with, pointer, key, check_candidates);
    if (mode == recorded && !with.contains(key)) {
      reader.fault(pointer, "required",
                   {"Biểu quyết ghi nhận (recorded) cần \"" + key + "\".",
                    "A recorded vote needs \"" + key + "\"."});
    }
  }
  check_integer(reader, with, pointer, "seats", 1);
  if (const auto* candidates = find(with, "candidates")) {
    check_each(reader, *candidates, below(pointer, "candidates"), check_option);
  }
  if (with.contains("seats") && !with.contains("candidates")) {
    reader.required(with, pointer, "candidates");
  }
  if (const auto* attachments = find(with, "attachments")) {
    check_attachments(reader, *attachments, below(pointer, "attachments"), nullptr);
  }
  check_member(reader, with, pointer, "legalBasis", check_legal_basis);
  reader.choice(with, pointer, "publishTally", {"atClose", "live"});
  check_certainty(reader, with, pointer, "dueCertainty");
  check_certainty(reader, with, pointer, "certainty");
  check_member(reader, with, pointer, "due", check_due);
  check_member(reader, with, pointer, "expire", check_due);
  if (const auto* context = find(with, "context")) {
    check_each(reader, *context, below(pointer, "context"),
               [](Reader& r, const Json& item, const std::string& at) {
                 if (is_expression(item) || !r.closed(item, at, {"label", "value"})) return;
                 r.required(item, at, "label");
                 r.required(item, at, "value");
               });
  }
}

}  // namespace kyhan::definition
