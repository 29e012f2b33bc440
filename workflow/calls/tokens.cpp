#include "workflow/calls/tokens.hpp"

#include <algorithm>

#include "workflow/core/documents.hpp"

namespace kyhan {
namespace {

using Clock = std::chrono::steady_clock;

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : " ") + text;
  return out;
}

/// Two requests with the same key get the same token.
std::string key_of(const TokenRequest& request) {
  return Json::array({request.uri, request.client_id, request.client_secret, request.basic,
                      request.json, request.scopes, request.audiences, request.issuers})
      .dump();
}

Errand errand_for(const TokenRequest& request, Clock::time_point deadline) {
  Errand errand;
  errand.method = "POST";
  errand.uri = request.uri;
  errand.deadline = deadline;
  TextPairs fields{{"grant_type", "client_credentials"}};
  if (!request.scopes.empty()) fields.emplace_back("scope", joined(request.scopes));
  if (!request.audiences.empty()) fields.emplace_back("audience", joined(request.audiences));
  if (request.basic) {
    // RFC 6749, 2.3.1: both parts are form-encoded first.
    errand.authorization = "Basic " + base64_encode(percent_encode(request.client_id) + ":" +
                                                    percent_encode(request.client_secret));
  } else {
    fields.emplace_back("client_id", request.client_id);
    fields.emplace_back("client_secret", request.client_secret);
  }
  errand.headers.emplace_back("Accept", "application/json");
  if (request.json) {
    Json body = Json::object();
    for (const auto& [name, value] : fields) body[name] = value;
    errand.headers.emplace_back("Content-Type", "application/json");
    errand.body = body.dump();
  } else {
    errand.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    errand.body = form_encode(fields);
  }
  return errand;
}

WorkflowError refused(const std::string& detail) {
  return standard_error("authentication", 401, detail);
}

/// "invalid_client" of RFC 6749, 5.2, when the answer has such a word.
std::string word_of(const std::string& body) {
  constexpr std::size_t word_max = 64;
  const Result<Json> json = parse_json(body);
  if (!json || !json->is_object() || !json->contains("error") || !json->at("error").is_string()) {
    return {};
  }
  const std::string word = json->at("error").get<std::string>();
  const bool plain = word.size() <= word_max && std::ranges::all_of(word, [](char c) {
                       return (c >= 'a' && c <= 'z') || c == '_';
                     });
  return plain ? " (" + word + ")" : "";
}

std::string base64url_decode(std::string_view text) {
  std::string bytes;
  std::uint32_t group = 0;
  int bits = 0;
  for (const char c : text) {
    int digit = -1;
    if (c >= 'A' && c <= 'Z') digit = c - 'A';
    if (c >= 'a' && c <= 'z') digit = c - 'a' + 26;
    if (c >= '0' && c <= '9') digit = c - '0' + 52;
    if (c == '-' || c == '+') digit = 62;
    if (c == '_' || c == '/') digit = 63;
    if (digit < 0) break;
    group = group << 6 | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> bits & 0xffU);
  }
  return bytes;
}

/// `iss` of a token that is a JWT; empty: it is none, or says nothing. Not verified: it came from
/// the authority itself.
std::string issuer_of(const std::string& token) {
  const auto first = token.find('.');
  if (first == std::string::npos) return {};
  const auto second = token.find('.', first + 1);
  const Result<Json> claims =
      parse_json(base64url_decode(std::string_view(token).substr(first + 1, second - first - 1)));
  if (!claims || !claims->is_object() || !claims->contains("iss") ||
      !claims->at("iss").is_string()) {
    return {};
  }
  return claims->at("iss").get<std::string>();
}

struct Granted {
  std::string token;
  std::chrono::seconds lifetime;
};

Outcome<Granted> read_token(const TokenRequest& request, const Outcome<CallAnswer>& answer) {
  if (!answer) return answer.error();
  const std::string where(without_query(request.uri));
  if (answer->status / 100 == 5) {
    return standard_error("communication", answer->status,
                          where + " was answered with " + std::to_string(answer->status));
  }
  if (answer->status / 100 != 2) {
    return refused("no token from " + where + ": it answered " + std::to_string(answer->status) +
                   word_of(answer->body));
  }
  const Result<Json> json = parse_json(answer->body);
  if (!json || !json->is_object() || !json->contains("access_token") ||
      !json->at("access_token").is_string()) {
    return refused("the answer of " + where + " holds no access_token");
  }
  Granted granted{json->at("access_token").get<std::string>(), Tokens::unstated_lifetime};
  if (json->contains("expires_in") && json->at("expires_in").is_number()) {
    constexpr double longest = 86'400.0 * 365;
    const double seconds = std::clamp(json->at("expires_in").get<double>(), 0.0, longest);
    granted.lifetime = std::chrono::seconds(static_cast<std::int64_t>(seconds));
  }
  const bool printable = !granted.token.empty() && std::ranges::all_of(granted.token, [](char c) {
    return c > 0x20 && c < 0x7f;
  });
  if (!printable) return refused("the token of " + where + " cannot stand in a header");
  if (!request.issuers.empty() &&
      std::ranges::find(request.issuers, issuer_of(granted.token)) == request.issuers.end()) {
    return refused("the token of " + where + " is of no accepted issuer");
  }
  return granted;
}

}  // namespace

void Tokens::get(const TokenRequest& request, Clock::time_point deadline, Done done) {
  const std::string key = key_of(request);
  const Clock::time_point now = Clock::now();
  if (entries_.size() >= kept_max) {
    std::erase_if(entries_, [&](const auto& one) {
      return one.second.waiting.empty() && one.second.until <= now;
    });
    if (entries_.size() >= kept_max) {
      std::erase_if(entries_, [](const auto& one) { return one.second.waiting.empty(); });
    }
  }
  Entry& entry = entries_[key];
  if (!entry.token.empty() && entry.until > now) return done(Token{entry.token, true});
  entry.waiting.push_back(std::move(done));
  if (entry.waiting.size() > 1) return;
  entry.way =
      door_.send(errand_for(request, deadline), [this, key, request](Outcome<CallAnswer> answer) {
        answered(key, request, std::move(answer));
      });
}

void Tokens::answered(const std::string& key, const TokenRequest& request,
                      Outcome<CallAnswer> answer) {
  Entry& entry = entries_[key];
  const std::shared_ptr<Door::Way> way = std::move(entry.way);
  const std::vector<Done> waiting = std::move(entry.waiting);
  entry.waiting.clear();
  const Outcome<Granted> granted = read_token(request, answer);
  if (granted) {
    // A little early, so that it does not expire on its way.
    const auto margin = std::min(granted->lifetime / 10, std::chrono::seconds{30});
    entry.token = granted->token;
    entry.until = Clock::now() + granted->lifetime - margin;
  } else {
    entries_.erase(key);
  }
  for (const Done& done : waiting) {
    if (granted) {
      done(Token{granted->token, false});
    } else {
      done(granted.error());
    }
  }
}

void Tokens::forget(const TokenRequest& request) {
  const auto found = entries_.find(key_of(request));
  if (found != entries_.end() && found->second.waiting.empty()) entries_.erase(found);
}

}  // namespace kyhan
