#include "workflow/calls/resolver.hpp"

#include <netdb.h>
#include <sys/socket.h>

namespace kyhan {
namespace {

std::vector<IpAddress> ask_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  std::vector<IpAddress> addresses;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return addresses;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    if (one->ai_family == AF_INET) {
      const auto* four = reinterpret_cast<const sockaddr_in*>(one->ai_addr);
      addresses.emplace_back(boost::asio::ip::address_v4(ntohl(four->sin_addr.s_addr)));
    } else if (one->ai_family == AF_INET6) {
      const auto* six = reinterpret_cast<const sockaddr_in6*>(one->ai_addr);
      boost::asio::ip::address_v6::bytes_type bytes;
      std::copy(std::begin(six->sin6_addr.s6_addr), std::end(six->sin6_addr.s6_addr),
                bytes.begin());
      addresses.emplace_back(boost::asio::ip::address_v6(bytes));
    }
  }
  ::freeaddrinfo(found);
  return addresses;
}

}  // namespace

Resolver::Resolver() {
  for (int i = 0; i < threads_max; ++i) threads_.emplace_back([this] { run(); });
}

Resolver::~Resolver() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
  for (auto& [host, answers] : waiting_) {
    for (const Answer& answer : answers) answer({});
  }
}

void Resolver::resolve(const std::string& host, Answer answer) {
  boost::system::error_code error;
  const std::string digits =
      host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
  const IpAddress literal = boost::asio::ip::make_address(digits, error);
  if (!error) return answer({literal});
  std::vector<IpAddress> known;
  {
    const std::lock_guard lock{mutex_};
    const auto kept = kept_.find(host);
    if (kept != kept_.end() && kept->second.until > std::chrono::steady_clock::now()) {
      known = kept->second.addresses;
    } else {
      std::vector<Answer>& answers = waiting_[host];
      answers.push_back(std::move(answer));
      if (answers.size() == 1) asked_.push_back(host);
      changed_.notify_one();
      return;
    }
  }
  answer(known);
}

void Resolver::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !asked_.empty(); });
    if (stopping_) return;
    const std::string host = std::move(asked_.front());
    asked_.pop_front();
    lock.unlock();
    settle(host, ask_system(host));
    lock.lock();
  }
}

void Resolver::settle(const std::string& host, std::vector<IpAddress> addresses) {
  std::vector<Answer> answers;
  {
    const std::lock_guard lock{mutex_};
    answers.swap(waiting_[host]);
    waiting_.erase(host);
    if (!addresses.empty()) {
      if (kept_.size() >= kept_max) kept_.clear();
      kept_[host] = {addresses, std::chrono::steady_clock::now() + kept_for};
    }
  }
  for (const Answer& answer : answers) answer(addresses);
}

}  // namespace kyhan
