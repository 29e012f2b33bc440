#include "api/decisions.hpp"

namespace kyhan {

std::string via_of(const Call& call) {
  if (call.caller.own_machine) return "cli";
  return call.caller.by_session ? "web" : "api";
}

Idempotency idempotency_of(const Call& call) {
  Idempotency idempotency;
  idempotency.key = std::string{call.request.headers.find("Idempotency-Key")};
  if (idempotency.key.empty()) return idempotency;
  idempotency.user = call.caller.account;
  idempotency.route = call.request.target;
  idempotency.body_hash = sha256_of(call.text);
  return idempotency;
}

SubmitOptions options_of(const Call& call) {
  SubmitOptions options;
  options.actor = call.caller.person;
  options.via = via_of(call);
  options.idempotency = idempotency_of(call);
  return options;
}

}  // namespace kyhan
