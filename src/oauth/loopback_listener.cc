#include "clone/loopback_listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "base/macros.h"
#include "credential/private_file.h"
#include "oauth/callback_request.h"

namespace clone_auth {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kMaxConnections = 16;
constexpr std::size_t kMaxHead = 64 * 1024;
constexpr std::chrono::seconds kPatience{10};
// poll() does not see the machine sleep, so it is asked again this often.
constexpr std::chrono::milliseconds kLongestPoll{5'000};

struct Connection {
  FileDescriptor socket;
  nanoseconds accepted_at{};
  std::string head{};
  bool is_answered = false;
};

// A listening socket and what it listens on.
struct Bound {
  FileDescriptor socket;
  std::string authority;
};

// No SO_REUSEADDR, so that nobody else can listen on the same port.
template <typename Address>
std::optional<Bound> BindTo(Address address, std::uint16_t Address::*port,
                            const char* host) {
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  Bound bound{
      FileDescriptor(socket(generic->sa_family,
                            SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
      host};
  const int fd = bound.socket.get();
  if (fd < 0 || bind(fd, generic, size) != 0 || listen(fd, SOMAXCONN) != 0 ||
      getsockname(fd, generic, &size) != 0) {
    return std::nullopt;
  }
  bound.authority += ":" + std::to_string(ntohs(address.*port));
  return bound;
}

std::optional<Bound> BindToLoopback() {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto bound = BindTo(v4, &sockaddr_in::sin_port, "127.0.0.1");
  if (bound.has_value()) return bound;
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_addr = in6addr_loopback;
  return BindTo(v6, &sockaddr_in6::sin6_port, "[::1]");
}

bool MayTryAgain() {
  return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK;
}

}  // namespace

struct LoopbackListener::Impl {
  nanoseconds Now() const { return clock->SinceBoot(); }
  Status Accept();
  void CloseSlow();
  int Poll(nanoseconds left);
  Result<bool> ServeReady(const Judge& judge);
  bool Serve(Connection& connection, const Judge& judge);
  bool Answer(Connection& connection, Callback callback);

  const Clock* clock;
  Bound bound;
  std::string redirect_uri;
  std::vector<Connection> connections;  // the oldest first
  std::vector<pollfd> polled;           // the port, then the connections
};

Status LoopbackListener::Impl::Accept() {
  FileDescriptor socket(accept4(bound.socket.get(), nullptr, nullptr,
                                SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket.is_open()) {
    if (MayTryAgain() || errno == ECONNABORTED) return Status();
    return Status(Reason::kUnreachable, "no connection can be accepted");
  }
  if (connections.size() == kMaxConnections) {
    connections.erase(connections.begin());
  }
  connections.push_back({std::move(socket), Now()});
  return Status();
}

void LoopbackListener::Impl::CloseSlow() {
  const nanoseconds now = Now();
  const auto is_done = [now](const Connection& connection) {
    return !connection.socket.is_open() ||
           now - connection.accepted_at >= kPatience;
  };
  connections.erase(
      std::remove_if(connections.begin(), connections.end(), is_done),
      connections.end());
}

int LoopbackListener::Impl::Poll(nanoseconds left) {
  polled = {{bound.socket.get(), POLLIN, 0}};
  for (const Connection& connection : connections) {
    polled.push_back({connection.socket.get(), POLLIN, 0});
  }
  const auto wait = std::min(std::chrono::ceil<std::chrono::milliseconds>(left),
                             kLongestPoll);
  return poll(polled.data(), polled.size(), static_cast<int>(wait.count()));
}

// Answers, and leaves it to the other end to close: were that done here, with
// bytes of the request unread, it would take the answer away again.
bool LoopbackListener::Impl::Answer(Connection& connection, Callback callback) {
  const std::string answer = CallbackAnswer(callback);
  const int fd = connection.socket.get();
  // A new connection has room for as little as this.
  (void)send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
  shutdown(fd, SHUT_WR);
  connection.is_answered = true;
  return callback != Callback::kStray;
}

// Reads once, so that nobody keeps the others waiting. True: this was it.
bool LoopbackListener::Impl::Serve(Connection& connection, const Judge& judge) {
  std::array<char, 4096> bytes;
  const ssize_t size =
      recv(connection.socket.get(), bytes.data(), bytes.size(), 0);
  if (size <= 0) {
    if (size == 0 || !MayTryAgain()) {
      FileDescriptor closed(connection.socket.Release());
    }
    return false;
  }
  if (connection.is_answered) return false;
  std::string& head = connection.head;
  head.append(bytes.data(), static_cast<std::size_t>(size));
  const std::size_t end = head.find("\r\n\r\n");
  if (end == std::string::npos) {
    return head.size() > kMaxHead && Answer(connection, Callback::kStray);
  }
  const auto target =
      CallbackTarget(std::string_view(head).substr(0, end), bound.authority);
  return Answer(connection,
                target.has_value() ? judge(*target) : Callback::kStray);
}

Result<bool> LoopbackListener::Impl::ServeReady(const Judge& judge) {
  for (std::size_t i = 0; i < connections.size(); ++i) {
    if (polled[i + 1].revents == 0 || !Serve(connections[i], judge)) continue;
    bound.socket = FileDescriptor();
    connections.clear();
    return true;
  }
  if (polled[0].revents != 0) CLONE_AUTH_RETURN_IF_ERROR(Accept());
  return false;
}

Result<LoopbackListener> LoopbackListener::Create(std::string path,
                                                  const Clock* clock) {
  if (path.empty() || path.front() != '/' ||
      path.find_first_of("?# \r\n") != std::string::npos) {
    return Status(Reason::kInvalidArgument,
                  "the path of a redirect URI begins with '/'");
  }
  auto bound = BindToLoopback();
  if (!bound.has_value()) {
    return Status(Reason::kUnreachable,
                  "no port of the loopback interface can be had");
  }
  auto impl = std::make_unique<Impl>();
  impl->clock = clock != nullptr ? clock : &SystemClock();
  impl->bound = *std::move(bound);
  impl->redirect_uri = "http://" + impl->bound.authority + path;
  return LoopbackListener(std::move(impl));
}

Result<bool> LoopbackListener::Hear(const Judge& judge,
                                    std::chrono::milliseconds time) {
  Impl& self = *impl_;
  const nanoseconds end = self.Now() + time;
  for (nanoseconds now = self.Now(); now < end; now = self.Now()) {
    self.CloseSlow();
    if (self.Poll(end - now) < 0) {
      if (errno == EINTR) return false;
      return Status(Reason::kUnreachable, "the port cannot be waited for");
    }
    CLONE_AUTH_ASSIGN_OR_RETURN(const bool is_over, self.ServeReady(judge));
    if (is_over) return true;
  }
  return false;
}

const std::string& LoopbackListener::redirect_uri() const {
  return impl_->redirect_uri;
}

LoopbackListener::LoopbackListener(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
LoopbackListener::LoopbackListener(LoopbackListener&&) noexcept = default;
LoopbackListener& LoopbackListener::operator=(LoopbackListener&&) noexcept =
    default;
LoopbackListener::~LoopbackListener() = default;

}  // namespace clone_auth
