#include "api/passwords.hpp"

#include <array>
#include <sodium.h>
#include <stdexcept>
#include <vector>

#include "api/when_done.hpp"

namespace kyhan {
namespace {

Error busy() {
  return {ErrorCode::unavailable,
          "sign-in-busy",
          {"Có quá nhiều lượt đăng nhập cùng lúc, vui lòng thử lại sau ít giây.",
           "Too many sign-ins at once; try again in a few seconds."}};
}

void ready_sodium() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start");
}

bool matches(const std::string& hash, const std::string& password) {
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

}  // namespace

PasswordWorker::PasswordWorker(PasswordCost cost, std::size_t waiting_max)
    : cost_(cost), waiting_max_(waiting_max) {
  ready_sodium();
  nobody_ = hash_now(random_token(), cost).value();
  thread_ = std::thread{[this] { run(); }};
}

PasswordWorker::~PasswordWorker() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

Result<std::string> PasswordWorker::hash_now(const std::string& password, PasswordCost cost) {
  ready_sodium();
  if (password.size() < password_bytes_min || password.size() > password_bytes_max) {
    return Error{
        ErrorCode::invalid,
        "weak-password",
        {"Mật khẩu phải có từ 8 đến 256 ký tự.",
         "A password must have between 8 and 256 characters."},
        {FieldError{
            "/password", "length", {"Từ 8 đến 256 ký tự.", "Between 8 and 256 characters."}}}};
  }
  const bool cheap = cost == PasswordCost::cheap;
  std::array<char, crypto_pwhash_STRBYTES> out{};
  const int failed =
      crypto_pwhash_str_alg(out.data(), password.data(), password.size(),
                            cheap ? crypto_pwhash_OPSLIMIT_MIN : crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            cheap ? crypto_pwhash_MEMLIMIT_MIN : crypto_pwhash_MEMLIMIT_INTERACTIVE,
                            crypto_pwhash_ALG_ARGON2ID13);
  if (failed != 0) return busy();  // Out of memory.
  return std::string{out.data()};
}

asio::awaitable<Result<std::string>> PasswordWorker::hash(std::string password) {
  using Answer = Result<std::string>;
  std::function<void(std::function<void(Answer)>)> begin =
      [this, &password](std::function<void(Answer)> done) {
        const bool queued = enqueue({[this, &password, done] { done(hash_now(password, cost_)); },
                                     [done] { done(busy()); }});
        if (!queued) done(busy());
      };
  co_return co_await when_done<Answer>(std::move(begin));
}

asio::awaitable<Result<bool>> PasswordWorker::verify(std::string hash, std::string password) {
  using Answer = Result<bool>;
  std::function<void(std::function<void(Answer)>)> begin =
      [this, &hash, &password](std::function<void(Answer)> done) {
        const bool queued = enqueue({[this, &hash, &password, done] {
                                       const bool same =
                                           matches(hash.empty() ? nobody_ : hash, password);
                                       done(Answer{same && !hash.empty()});
                                     },
                                     [done] { done(busy()); }});
        if (!queued) done(busy());
      };
  co_return co_await when_done<Answer>(std::move(begin));
}

bool PasswordWorker::enqueue(Work work) {
  {
    const std::lock_guard lock{mutex_};
    if (stopping_ || queue_.size() >= waiting_max_) return false;
    queue_.push_back(std::move(work));
  }
  wake_.notify_one();
  return true;
}

void PasswordWorker::run() {
  for (;;) {
    Work work;
    {
      std::unique_lock lock{mutex_};
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      work = std::move(queue_.front());
      queue_.pop_front();
      if (stopping_) {
        lock.unlock();
        work.refuse();
        continue;
      }
    }
    work.run();
  }
}

std::string random_token(std::size_t bytes) {
  ready_sodium();
  std::vector<unsigned char> raw(bytes);
  randombytes_buf(raw.data(), raw.size());
  constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes, variant), '\0');
  sodium_bin2base64(text.data(), text.size(), raw.data(), raw.size(), variant);
  text.resize(text.find('\0'));
  return text;
}

}  // namespace kyhan
