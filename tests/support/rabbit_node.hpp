#pragma once
/// A real RabbitMQ node for a test: its own folder, free ports on 127.0.0.1, its own epmd. It ends
/// with the object, and should the test program die, with that.

#include <filesystem>
#include <string>
#include <sys/types.h>

namespace kyhan::test {

/// A port nobody listens on at the moment of asking.
int free_port();

class RabbitNode {
 public:
  /// Nothing runs yet. The folder is made under the system's temporary one.
  RabbitNode();
  ~RabbitNode();
  RabbitNode(const RabbitNode&) = delete;
  RabbitNode& operator=(const RabbitNode&) = delete;

  /// Starts the node on what its folder holds; returns when it serves. Throws when it does not
  /// within a minute.
  void start();
  void stop();    ///< In order, as a service manager would.
  void kill();    ///< kill -9.
  void freeze();  ///< SIGSTOP: connections stay open and nobody answers.
  void thaw();

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url() const;
  [[nodiscard]] bool running() const { return node_ > 0; }

 private:
  void start_epmd();
  void end(pid_t& process, int signal);

  std::filesystem::path folder_;
  int port_;
  int distribution_port_;
  int epmd_port_;
  pid_t epmd_ = 0;
  pid_t node_ = 0;
};

}  // namespace kyhan::test
