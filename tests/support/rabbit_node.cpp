#include "tests/support/rabbit_node.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <poll.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace kyhan::test {
namespace {

namespace fs = std::filesystem;
constexpr int ready_within_ms = 60'000;

/// Runs a program in a session of its own that dies with us.
pid_t spawn(const std::vector<std::string>& words, const std::map<std::string, std::string>& with,
            const fs::path& output) {
  std::vector<std::string> settings;
  for (const auto& [name, value] : with) settings.push_back(name + "=" + value);
  std::vector<char*> arguments, environment;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  for (const std::string& one : settings) environment.push_back(const_cast<char*>(one.c_str()));
  arguments.push_back(nullptr);
  environment.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child > 0) return child;
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  const int log = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, 0);
  ::dup2(log, 1);
  ::dup2(log, 2);
  ::execve(arguments[0], arguments.data(), environment.data());
  ::_exit(127);
}

/// The socket on which a service says that it is ready (the protocol of sd_notify).
class ReadySocket {
 public:
  explicit ReadySocket(fs::path path) : path_(std::move(path)) {
    fs::remove(path_);
    descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
    if (::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot listen on " + path_.string());
    }
  }
  ~ReadySocket() { ::close(descriptor_); }
  ReadySocket(const ReadySocket&) = delete;
  ReadySocket& operator=(const ReadySocket&) = delete;

  /// False when `process` ends or the time runs out first.
  bool wait(pid_t process) const {
    constexpr int look_every_ms = 200;
    for (int waited = 0; waited < ready_within_ms; waited += look_every_ms) {
      pollfd ready{descriptor_, POLLIN, 0};
      if (::poll(&ready, 1, look_every_ms) > 0) {
        char message[512];
        const ssize_t size = ::recv(descriptor_, message, sizeof message, 0);
        const std::string text(message, static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        if (text.find("READY=1") != std::string::npos) return true;
      }
      siginfo_t info{};
      ::waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOHANG | WNOWAIT);
      if (info.si_pid == process) return false;
    }
    return false;
  }

 private:
  fs::path path_;
  int descriptor_;
};

}  // namespace

int free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(descriptor);
  return ntohs(address.sin_port);
}

RabbitNode::RabbitNode()
    : port_(free_port()), distribution_port_(free_port()), epmd_port_(free_port()) {
  std::string name = (fs::temp_directory_path() / "kyhan-rabbit-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  folder_ = name;
  std::ofstream{folder_ / "enabled_plugins"} << "[].\n";
  std::ofstream{folder_ / "rabbitmq.conf"} << "disk_free_limit.absolute = 10MB\n"
                                              "log.console = true\n";
}

RabbitNode::~RabbitNode() {
  kill();
  end(epmd_, SIGTERM);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string RabbitNode::url() const {
  return "amqp://guest:guest@127.0.0.1:" + std::to_string(port_) + "/";
}

void RabbitNode::start_epmd() {
  if (epmd_ > 0) return;
  epmd_ = spawn({"/usr/bin/epmd", "-port", std::to_string(epmd_port_), "-address", "127.0.0.1"},
                {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}, {"HOME", folder_.string()}},
                folder_ / "epmd.log");
}

void RabbitNode::start() {
  start_epmd();
  const ReadySocket ready{folder_ / "ready.sock"};
  const std::string folder = folder_.string();
  node_ = spawn({"/usr/lib/rabbitmq/bin/rabbitmq-server"},
                {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"},
                 {"HOME", folder},
                 {"LANG", "C.UTF-8"},
                 // With it the node replaces the script and tells when it serves.
                 {"NOTIFY_SOCKET", folder + "/ready.sock"},
                 {"RABBITMQ_CONF_ENV_FILE", "/dev/null"},
                 {"RABBITMQ_MNESIA_BASE", folder + "/data"},
                 {"RABBITMQ_LOG_BASE", folder + "/log"},
                 {"RABBITMQ_NODENAME", "kyhan" + std::to_string(port_) + "@localhost"},
                 {"RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"},
                 {"RABBITMQ_NODE_PORT", std::to_string(port_)},
                 {"RABBITMQ_DIST_PORT", std::to_string(distribution_port_)},
                 {"RABBITMQ_FEATURE_FLAGS_FILE", folder + "/feature_flags"},
                 {"RABBITMQ_ENABLED_PLUGINS_FILE", folder + "/enabled_plugins"},
                 {"RABBITMQ_CONFIG_FILE", folder + "/rabbitmq"},
                 {"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                  "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none"},
                 {"ERL_EPMD_PORT", std::to_string(epmd_port_)},
                 {"ERL_EPMD_ADDRESS", "127.0.0.1"}},
                folder_ / "node.log");
  if (ready.wait(node_)) return;
  std::ifstream log{folder_ / "node.log"};
  const std::string text{std::istreambuf_iterator<char>{log}, {}};
  end(node_, SIGKILL);
  throw std::runtime_error("RabbitMQ did not start:\n" + text.substr(0, 4000));
}

void RabbitNode::stop() {
  end(node_, SIGTERM);
}
void RabbitNode::kill() {
  end(node_, SIGKILL);
}
void RabbitNode::freeze() {
  ::kill(node_, SIGSTOP);
}
void RabbitNode::thaw() {
  ::kill(node_, SIGCONT);
}

void RabbitNode::end(pid_t& process, int signal) {
  if (process <= 0) return;
  ::kill(process, signal);
  if (signal == SIGKILL) ::kill(process, SIGCONT);
  ::waitpid(process, nullptr, 0);
  process = 0;
}

}  // namespace kyhan::test
