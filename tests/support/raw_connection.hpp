#pragma once
/// A TCP connection by hand, for requests no proper client would send and answers that never end.

#include <arpa/inet.h>
#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace kyhan::test {

class RawConnection {
 public:
  explicit RawConnection(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    timeval patience{20, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    open_ =
        ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~RawConnection() { ::close(descriptor_); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  void send(std::string_view bytes) {
    while (open_ && !bytes.empty()) {
      const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  /// Reads until `wanted` has come, the peer closes, or 20 s pass; gives all that came so far.
  const std::string& read_until(std::string_view wanted) {
    while (open_ && received_.find(wanted) == std::string::npos) {
      char bytes[4096];
      const ssize_t count = ::recv(descriptor_, bytes, sizeof(bytes), 0);
      if (count <= 0) {
        closed_ = count == 0;
        break;
      }
      received_.append(bytes, static_cast<std::size_t>(count));
    }
    return received_;
  }
  /// Reads to the end; true when the peer has closed.
  bool read_to_end() {
    read_until("\xFF\xFE never sent");
    return closed_;
  }
  const std::string& received() const { return received_; }

 private:
  int descriptor_;
  bool open_ = false;
  bool closed_ = false;
  std::string received_;
};

}  // namespace kyhan::test
