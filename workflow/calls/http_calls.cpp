#include "workflow/calls/http_calls.hpp"

#include <map>
#include <spdlog/spdlog.h>

#include "workflow/calls/tokens.hpp"
#include "workflow/core/documents.hpp"

namespace kyhan {
namespace {

using Clock = std::chrono::steady_clock;

/// One request with the credentials it needs, from the token to the answer.
struct Passage {
  HttpRequest request;
  bool follow = false;
  Clock::time_point deadline;
  std::string token;  ///< Of oauth2; empty: to be had.
  bool token_kept = false;
  bool retried = false;
  std::function<void(Outcome<CallAnswer>)> done;
  std::shared_ptr<Door::Way> way;
};

/// A call on its way.
struct Call {
  CallOrder order;
  CallFindings findings;
  Clock::time_point deadline;
  std::string token;  ///< Of oauth2, when the request itself had to know it.
  std::shared_ptr<Passage> passage;
};

struct KeptDocument {
  std::shared_ptr<const Json> document;
  Clock::time_point until;
};

}  // namespace

struct HttpCalls::Impl {
  Impl(NetworkRules given, CallLimits bounds)
      : limits(bounds),
        rules(std::move(given)),
        transport(TransportLimits{}, rules.proxy, rules.ca_file),
        door(rules, resolver, transport),
        tokens(door) {}
  ~Impl() { transport.stop(); }  // Before anything its thread uses goes.

  // ---- one request

  void pass(const std::shared_ptr<Passage>& passage) {
    const auto& credentials = passage->request.credentials;
    const bool token_first = credentials && credentials->scheme == Authentication::Scheme::oauth2 &&
                             passage->token.empty();
    if (!token_first) return send(passage);
    tokens.get(credentials->oauth2, passage->deadline,
               [this, waiting = std::weak_ptr<Passage>(passage)](Outcome<Tokens::Token> token) {
                 const std::shared_ptr<Passage> self = waiting.lock();
                 if (!self) return;
                 if (!token) return self->done(token.error());
                 self->token = token->text;
                 self->token_kept = token->kept;
                 send(self);
               });
  }

  void send(const std::shared_ptr<Passage>& passage) {
    const HttpRequest& request = passage->request;
    Errand errand{request.method,  request.uri,      request.headers, request.body, {}, {}, {},
                  passage->follow, passage->deadline};
    if (request.credentials) {
      const Credentials& who = *request.credentials;
      if (who.scheme == Authentication::Scheme::digest) {
        errand.digest_username = who.username;
        errand.digest_password = who.password;
      } else {
        const Json shown = authorization_of(who, passage->token);
        errand.authorization =
            shown.at("scheme").get<std::string>() + " " + shown.at("parameter").get<std::string>();
      }
    }
    passage->way =
        door.send(std::move(errand),
                  [this, waiting = std::weak_ptr<Passage>(passage)](Outcome<CallAnswer> answer) {
                    if (const std::shared_ptr<Passage> self = waiting.lock()) {
                      answered(self, std::move(answer));
                    }
                  });
  }

  /// A token that was kept may have been revoked: once, a fresh one is tried.
  void answered(const std::shared_ptr<Passage>& passage, Outcome<CallAnswer> answer) {
    passage->way.reset();
    if (answer && answer->status == 401 && passage->token_kept && !passage->retried) {
      tokens.forget(passage->request.credentials->oauth2);
      passage->retried = true;
      passage->token.clear();
      return pass(passage);
    }
    passage->done(std::move(answer));
  }

  // ---- calls

  void start(CallOrder order) {
    const std::string key = order.key;
    auto call = std::make_shared<Call>();
    call->order = std::move(order);
    call->deadline = Clock::now() + limits.call_max;
    calls[key] = call;
    go_on(call);
  }

  void go_on(const std::shared_ptr<Call>& call) {
    Outcome<CallRequest> asked = call->order.request(call->findings);
    if (!asked) return finish(call, asked.error(), {}, {});
    switch (asked->needs) {
      case CallRequest::Needs::document:
        return find_document(call, *asked);
      case CallRequest::Needs::token:
        return find_token(call, *asked);
      case CallRequest::Needs::nothing:
        break;
    }
    auto passage = std::make_shared<Passage>();
    passage->request = asked->http;
    passage->follow = asked->redirect;
    passage->deadline = call->deadline;
    passage->token = call->token;
    call->passage = passage;
    passage->done = [this, waiting = std::weak_ptr<Call>(call),
                     request = std::move(*asked)](Outcome<CallAnswer> answer) {
      const std::shared_ptr<Call> self = waiting.lock();
      if (self) conclude(self, request, std::move(answer));
    };
    pass(passage);
  }

  void find_token(const std::shared_ptr<Call>& call, const CallRequest& asked) {
    tokens.get(asked.http.credentials->oauth2, call->deadline,
               [this, waiting = std::weak_ptr<Call>(call),
                who = *asked.http.credentials](Outcome<Tokens::Token> token) {
                 const std::shared_ptr<Call> self = waiting.lock();
                 if (!self) return;
                 if (!token) return finish(self, token.error(), {}, {});
                 self->token = token->text;
                 self->findings.authorization = authorization_of(who, token->text);
                 go_on(self);
               });
  }

  void find_document(const std::shared_ptr<Call>& call, const CallRequest& asked) {
    const std::string uri = asked.document.uri;
    const bool shared = !asked.document.credentials;
    if (const auto kept = documents.find(uri);
        shared && kept != documents.end() && kept->second.until > Clock::now()) {
      call->findings.document = kept->second.document;
      return go_on(call);
    }
    auto passage = std::make_shared<Passage>();
    passage->request = asked.document;
    passage->follow = true;
    passage->deadline = call->deadline;
    call->passage = passage;
    passage->done = [this, waiting = std::weak_ptr<Call>(call), uri, shared,
                     redaction = asked.redaction](Outcome<CallAnswer> answer) {
      const std::shared_ptr<Call> self = waiting.lock();
      if (!self) return;
      Outcome<std::shared_ptr<const Json>> read = read_document(answer, uri);
      if (!read) {
        WorkflowError error = read.error();
        redaction.apply(error.detail);
        return finish(self, std::move(error), {}, {});
      }
      if (shared) keep_document(uri, *read);
      self->findings.document = *read;
      go_on(self);
    };
    pass(passage);
  }

  static Outcome<std::shared_ptr<const Json>> read_document(const Outcome<CallAnswer>& answer,
                                                            const std::string& uri) {
    if (!answer) return answer.error();
    const std::string where(without_query(uri));
    if (answer->status / 100 != 2) {
      return standard_error("communication", answer->status,
                            where + " was answered with " + std::to_string(answer->status));
    }
    DocumentLimits bounds;
    bounds.bytes_max = TransportLimits{}.answer_bytes_max;
    Result<ParsedDocument> parsed = parse_document(answer->body, bounds);
    if (!parsed) {
      return standard_error("configuration", 400,
                            where + " is no document: " + parsed.error().detail.en);
    }
    return std::make_shared<const Json>(std::move(parsed->value));
  }

  void keep_document(const std::string& uri, std::shared_ptr<const Json> document) {
    if (documents.size() >= limits.documents_kept_max) documents.clear();
    documents[uri] = {std::move(document), Clock::now() + limits.documents_kept_for};
  }

  void conclude(const std::shared_ptr<Call>& call, const CallRequest& request,
                Outcome<CallAnswer> answer) {
    CallRequest seen = request;
    Json authorization;
    if (request.http.credentials) {
      const std::string token = call->passage->token;
      authorization = authorization_of(*request.http.credentials, token);
      seen.redaction.add(token);
    }
    if (!answer) {
      WorkflowError error = answer.error();
      seen.redaction.apply(error.detail);
      return finish(call, std::move(error), {}, {});
    }
    Outcome<Json> output = output_of(seen, *answer);
    if (!output) return finish(call, output.error(), {}, {});
    FinishCall done;
    done.output = std::move(*output);
    tell(call, std::move(done), std::move(authorization), std::move(seen.redaction));
  }

  void finish(const std::shared_ptr<Call>& call, WorkflowError error, Json authorization,
              Redaction redaction) {
    spdlog::debug("calls: {} ends with {} {}", call->order.key, error.status, error.detail);
    FinishCall done;
    done.error = std::move(error);
    tell(call, std::move(done), std::move(authorization), std::move(redaction));
  }

  void tell(const std::shared_ptr<Call>& call, FinishCall done, Json authorization,
            Redaction redaction) {
    done.node = call->order.node;
    done.key = call->order.key;
    done.authorization = std::move(authorization);
    done.redaction = std::move(redaction);
    const auto told = call->order.done;
    calls.erase(done.key);
    told(std::move(done));
  }

  // ---- documents for others

  void fetch(HttpRequest request, const std::function<void(Outcome<std::string>)>& done) {
    auto passage = std::make_shared<Passage>();
    const std::uint64_t number = next_fetch++;
    passage->request = std::move(request);
    passage->follow = true;
    passage->deadline = Clock::now() + limits.call_max;
    passage->done = [this, number, done, uri = passage->request.uri](Outcome<CallAnswer> answer) {
      const auto held = fetches.extract(number);
      if (!answer) return done(answer.error());
      if (answer->status / 100 != 2) {
        return done(standard_error("communication", answer->status,
                                   std::string(without_query(uri)) + " was answered with " +
                                       std::to_string(answer->status)));
      }
      done(given_text(std::move(answer->body)));
    };
    fetches[number] = passage;
    pass(passage);
  }

  CallLimits limits;
  NetworkRules rules;
  Transport transport;
  Resolver resolver;
  Door door;
  Tokens tokens;
  // The transport thread's own.
  std::map<std::string, std::shared_ptr<Call>> calls;
  std::map<std::uint64_t, std::shared_ptr<Passage>> fetches;
  std::map<std::string, KeptDocument> documents;
  std::uint64_t next_fetch = 1;
};

HttpCalls::HttpCalls(NetworkRules rules, CallLimits limits)
    : impl_(std::make_unique<Impl>(std::move(rules), limits)) {}
HttpCalls::~HttpCalls() = default;

void HttpCalls::start(CallOrder order) {
  impl_->transport.post([this, order = std::move(order)] { impl_->start(order); });
}
void HttpCalls::cancel(const std::string& key) {
  impl_->transport.post([this, key] { impl_->calls.erase(key); });
}
void HttpCalls::fetch(HttpRequest request, std::function<void(Outcome<std::string>)> done) {
  impl_->transport.post([this, request = std::move(request), done = std::move(done)] {
    impl_->fetch(request, done);
  });
}

}  // namespace kyhan
