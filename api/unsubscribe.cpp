#include "api/unsubscribe.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/passwords.hpp"
#include "api/services.hpp"
#include "workflow/core/preferences.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

constexpr const char* key_setting = "mail_key";

std::string signature_of(const std::string& key, const std::string& person) {
  Sha256 hash{};
  unsigned length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(person.data()), person.size(), hash.data(), &length);
  return to_hex(hash);
}

Reply page(int status, const std::string& title, const std::string& body) {
  Reply reply;
  reply.status = status;
  reply.headers.set("Content-Type", "text/html; charset=utf-8");
  reply.headers.set("Cache-Control", "no-store");
  reply.body = "<!DOCTYPE html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\"><title>" + title +
               "</title></head><body><main><h1>" + title + "</h1>" + body +
               "</main></body></html>\n";
  return reply;
}

Result<PersonId> reader_of(const Call& call) {
  const Result<std::string> key = mail_key(call.services.store, call.services.engine);
  if (!key) return key.error();
  const std::optional<PersonId> person = person_of_token(*key, call.parameters.front());
  if (!person || call.directory->find_person(*person) == nullptr) return not_found();
  return *person;
}

}  // namespace

Result<std::string> mail_key(Store& store, Engine& engine) {
  const auto kept = store.reads()->find_setting(key_setting);
  if (!kept) return kept.error();
  if (*kept) return **kept;
  const std::string made = random_token();
  const Result<Json> done = engine.write([&made](UnitOfWork& work) -> Result<Json> {
    work.stage_setting(key_setting, made);
    return success(nullptr);
  });
  if (!done) return done.error();
  return made;
}

std::string unsubscribe_token(const std::string& key, const PersonId& person) {
  return person.text() + "." + signature_of(key, person.text());
}

std::optional<PersonId> person_of_token(const std::string& key, const std::string& token) {
  const std::size_t dot = token.rfind('.');
  if (dot == std::string::npos) return std::nullopt;
  const std::string person = token.substr(0, dot);
  const std::string right = signature_of(key, person);
  const std::string given = token.substr(dot + 1);
  if (given.size() != right.size() ||
      CRYPTO_memcmp(given.data(), right.data(), right.size()) != 0) {
    return std::nullopt;
  }
  return PersonId{person};
}

/// Mail scanners open every link: only the button, or the mail program's own request, decides.
HandlerResult show_unsubscribe(Call& call) {
  const Result<PersonId> person = reader_of(call);
  if (!person) co_return person.error();
  co_return page(200, "Ngừng nhận thư điện tử / Stop e-mails",
                 "<form method=\"post\"><p>Thông báo vẫn hiện trên trang Kỳ Hạn. Notices still "
                 "appear on the pages.</p><button type=\"submit\">Ngừng nhận thư / Stop "
                 "e-mails</button></form>");
}

HandlerResult unsubscribe(Call& call) {
  const Result<PersonId> person = reader_of(call);
  if (!person) co_return person.error();
  const auto row = call.services.store.reads()->find_preferences(*person);
  if (!row) co_return row.error();
  Json document = *row ? Json::parse((**row).document) : Json::object();
  document["email"] = false;
  const std::int64_t seen = *row ? (**row).version : 0;
  const Result<Json> done =
      co_await choose_preferences(call.services.engine, *person, std::move(document), seen);
  if (!done) co_return done.error();
  co_return page(200, "Đã ngừng gửi thư điện tử / E-mails are off",
                 "<p>Có thể bật lại trong tùy chọn thông báo. You can switch them on again in your "
                 "preferences.</p>");
}

}  // namespace kyhan
