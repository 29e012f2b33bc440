#pragma once
/// A whole server in a temporary home, on a free port: real store, real engine, real HTTP.

#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "api/house.hpp"
#include "api/server.hpp"

#include "tests/support/http_client.hpp"

namespace kyhan::test {

/// A small organisation: two departments of one province, each with a head and specialists.
///
///   tinh   quan-tri (administrator)
///   so-a   an, em (specialist)   binh (head)   kiem (auditor)
///   so-b   cuc (specialist)      dung (head)
[[nodiscard]] Json small_organisation();
/// prepare (specialist of the unit) -> approve (head of the unit, not who prepared).
[[nodiscard]] Json two_step_definition();

class LiveServer {
 public:
  struct Options {
    bool demonstration = true;
    std::string clock_start = "2026-11-23T01:00:00Z";  ///< Virtual; empty: the system's.
    std::filesystem::path web_root = {};
    bool furnished = true;  ///< With organisation, accounts and definition.
  };
  LiveServer() : LiveServer(Options{}) {}
  explicit LiveServer(Options options);
  ~LiveServer();

  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  /// A client that has signed in; every account's password is `password`.
  [[nodiscard]] HttpClient as(const std::string& account);
  [[nodiscard]] HttpClient anybody() { return HttpClient{url()}; }
  /// Through the Unix socket: the server's own user.
  [[nodiscard]] HttpClient local() {
    return HttpClient{"http://localhost", (home_ / "kyhan.sock").string()};
  }
  Server& server() { return *server_; }
  House& house() { return *house_; }
  const std::filesystem::path& home() const { return home_; }

  static constexpr const char* password = "mot-hai-ba-bon";

 private:
  std::filesystem::path home_;
  std::unique_ptr<House> house_;
  std::unique_ptr<Server> server_;
};

}  // namespace kyhan::test
