#pragma once
/// Passwords: argon2id by libsodium, on a thread of its own. One computation takes some 0.1 s and
/// 64 MiB on purpose, so it never runs on an I/O thread, and only a few may wait.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "api/http.hpp"

namespace kyhan {

/// How dear a guess is. `cheap` is for tests and nothing else.
enum class PasswordCost { cheap, normal };

constexpr std::size_t password_bytes_min = 8;
constexpr std::size_t password_bytes_max = 256;

class PasswordWorker {
 public:
  explicit PasswordWorker(PasswordCost cost = PasswordCost::normal, std::size_t waiting_max = 16);
  ~PasswordWorker();  ///< Finishes the computation it is at; the rest is refused.
  PasswordWorker(const PasswordWorker&) = delete;
  PasswordWorker& operator=(const PasswordWorker&) = delete;

  /// libsodium's string for storage. Errors: `invalid` "weak-password" when it is too short or too
  /// long; `unavailable` "sign-in-busy" when too many wait.
  [[nodiscard]] asio::awaitable<Result<std::string>> hash(std::string password);
  /// Whether `password` is the one of `hash`. An empty hash (unknown account) costs the same and
  /// gives false. Errors: "sign-in-busy".
  [[nodiscard]] asio::awaitable<Result<bool>> verify(std::string hash, std::string password);

  /// The waiting form, for the command line.
  [[nodiscard]] static Result<std::string> hash_now(const std::string& password, PasswordCost cost);

 private:
  struct Work {
    std::function<void()> run;
    std::function<void()> refuse;
  };
  bool enqueue(Work work);
  void run();

  PasswordCost cost_;
  std::size_t waiting_max_;
  std::string nobody_;  ///< The hash that unknown accounts are checked against.
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Work> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

/// `bytes` of randomness as URL-safe text.
[[nodiscard]] std::string random_token(std::size_t bytes = 32);

}  // namespace kyhan
