#include "support/raw_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <list>
#include <mutex>
#include <thread>
#include <utility>

#include "clone/http.h"

namespace clone_auth::testing {
namespace {

void Require(bool holds, const char* what) {
  if (holds) return;
  std::perror(what);
  std::abort();
}

// The number after "Content-Length:", 0 where there is none.
std::size_t ContentLength(std::string_view head) {
  constexpr std::string_view kName = "\r\ncontent-length:";
  for (std::size_t i = 0; i + kName.size() <= head.size(); ++i) {
    if (EqualsIgnoreAsciiCase(head.substr(i, kName.size()), kName)) {
      return std::strtoul(std::string(head.substr(i + kName.size())).c_str(),
                          nullptr, 10);
    }
  }
  return 0;
}

// What all connections tell of themselves.
struct Record {
  std::string protocol;  // to agree on
  mutable std::mutex mutex;
  std::string received;
  std::vector<std::string> requests;
  std::string offered_protocols;
  int connections = 0;
  std::atomic<std::size_t> written{0};
};

class Connection final : public RawConnection {
 public:
  Connection(int socket, SSL_CTX* tls, Record& record)
      : socket_(socket), record_(record) {
    if (tls == nullptr) return;
    ssl_ = SSL_new(tls);
    SSL_set_fd(ssl_, socket_);
  }

  ~Connection() override {
    SSL_free(ssl_);
    Close();
  }

  /// Runs in the connection's own thread.
  void Run(const RawServer::Handler& handler) {
    // OpenSSL writes without MSG_NOSIGNAL. Only this thread looks away.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    if (ssl_ == nullptr || SSL_accept(ssl_) == 1) handler(*this);
    if (ssl_ != nullptr && !broken_off_) SSL_shutdown(ssl_);
    Close();
  }

  /// May be called from another thread: wakes whatever waits here.
  void Stop() {
    const std::lock_guard lock(mutex_);
    if (socket_ >= 0) shutdown(socket_, SHUT_RDWR);
  }

  std::string ReadRequest() override {
    std::size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!ReadMore()) return {};
    }
    const std::size_t size =
        end + 4 + ContentLength(std::string_view(buffer_).substr(0, end));
    while (buffer_.size() < size) {
      if (!ReadMore()) return {};
    }
    std::string request = buffer_.substr(0, size);
    buffer_.erase(0, size);
    const std::lock_guard lock(record_.mutex);
    record_.requests.push_back(request);
    return request;
  }

  bool Write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t count =
          ssl_ != nullptr
              ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
              : send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      record_.written += static_cast<std::size_t>(count);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  bool Pause(std::chrono::milliseconds time) override {
    pollfd waiting{socket_, POLLRDHUP, 0};
    return poll(&waiting, 1, static_cast<int>(time.count())) == 0;
  }

  void WaitUntilGone() override { Pause(std::chrono::milliseconds(-1)); }

  void BreakOff() override {
    broken_off_ = true;
    const linger now{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }

 private:
  bool ReadMore() {
    char bytes[16 * 1024];
    const ssize_t count = ssl_ != nullptr
                              ? SSL_read(ssl_, bytes, sizeof bytes)
                              : recv(socket_, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    const std::string_view more(bytes, static_cast<std::size_t>(count));
    buffer_ += more;
    const std::lock_guard lock(record_.mutex);
    record_.received += more;
    return true;
  }

  void Close() {
    const std::lock_guard lock(mutex_);
    if (socket_ >= 0) close(socket_);
    socket_ = -1;
  }

  std::mutex mutex_;  // guards closing against Stop()
  int socket_;
  SSL* ssl_ = nullptr;
  Record& record_;
  std::string buffer_;
  bool broken_off_ = false;
};

// Notes what the client offers and takes what was chosen beforehand.
int ChooseProtocol(SSL* /*ssl*/, const unsigned char** chosen,
                   unsigned char* chosen_size, const unsigned char* offered,
                   unsigned int offered_size, void* argument) {
  auto* const record = static_cast<Record*>(argument);
  const std::lock_guard lock(record->mutex);
  record->offered_protocols.clear();
  for (unsigned int i = 0; i < offered_size; i += 1u + offered[i]) {
    if (i > 0) record->offered_protocols += ',';
    record->offered_protocols.append(
        reinterpret_cast<const char*>(offered + i + 1), offered[i]);
  }
  *chosen = reinterpret_cast<const unsigned char*>(record->protocol.data());
  *chosen_size = static_cast<unsigned char>(record->protocol.size());
  return SSL_TLSEXT_ERR_OK;
}

SSL_CTX* MakeTls(const RawServerOptions& options, Record* record) {
  if (options.certificate == nullptr) return nullptr;
  SSL_CTX* const tls = SSL_CTX_new(TLS_server_method());
  BIO* bio = BIO_new_mem_buf(
      options.certificate->certificate.data(),
      static_cast<int>(options.certificate->certificate.size()));
  X509* const certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  bio = BIO_new_mem_buf(options.certificate->key.data(),
                        static_cast<int>(options.certificate->key.size()));
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  Require(SSL_CTX_use_certificate(tls, certificate) == 1, "certificate");
  Require(SSL_CTX_use_PrivateKey(tls, key) == 1, "key");
  X509_free(certificate);
  EVP_PKEY_free(key);
  if (options.max_tls_version != 0) {
    // Old versions need the security level that still allows their hashes.
    SSL_CTX_set_security_level(tls, 0);
    SSL_CTX_set_min_proto_version(tls, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(tls, options.max_tls_version);
  }
  if (!options.ciphers.empty()) {
    Require(SSL_CTX_set_cipher_list(tls, options.ciphers.c_str()) == 1,
            "ciphers");
  }
  record->protocol = options.protocol;
  SSL_CTX_set_alpn_select_cb(tls, ChooseProtocol, record);
  return tls;
}

}  // namespace

struct RawServer::Impl {
  Handler handler;
  Record record;
  SSL_CTX* tls = nullptr;
  int listener = -1;
  std::uint16_t port = 0;
  std::atomic<bool> stopping{false};
  std::thread acceptor;
  // Used by the acceptor, and by the destructor once that has ended.
  std::list<Connection> connections;
  std::vector<std::thread> threads;

  void Listen() {
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    Require(listener >= 0, "socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    Require(bind(listener, generic, size) == 0, "bind");
    Require(listen(listener, 64) == 0, "listen");
    Require(getsockname(listener, generic, &size) == 0, "getsockname");
    port = ntohs(address.sin_port);
  }

  void Accept() {
    for (;;) {
      const int socket = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      if (stopping) {
        close(socket);
        return;
      }
      {
        const std::lock_guard lock(record.mutex);
        ++record.connections;
      }
      Connection& connection = connections.emplace_back(socket, tls, record);
      threads.emplace_back([this, &connection] { connection.Run(handler); });
    }
  }
};

RawServer::RawServer(Handler handler, RawServerOptions options)
    : impl_(std::make_unique<Impl>()) {
  impl_->handler = std::move(handler);
  impl_->tls = MakeTls(options, &impl_->record);
  impl_->Listen();
  impl_->acceptor = std::thread([this] { impl_->Accept(); });
}

RawServer::RawServer(std::string answer, RawServerOptions options)
    : RawServer(
          [answer = std::move(answer)](RawConnection& connection) {
            while (!connection.ReadRequest().empty()) {
              if (!connection.Write(answer)) return;
            }
          },
          options) {}

RawServer::~RawServer() {
  impl_->stopping = true;
  shutdown(impl_->listener, SHUT_RDWR);
  impl_->acceptor.join();
  for (Connection& connection : impl_->connections) connection.Stop();
  for (std::thread& thread : impl_->threads) thread.join();
  close(impl_->listener);
  impl_->connections.clear();
  SSL_CTX_free(impl_->tls);
}

std::uint16_t RawServer::port() const { return impl_->port; }

std::string RawServer::Url(std::string_view path) const {
  return std::string(impl_->tls != nullptr ? "https" : "http") +
         "://127.0.0.1:" + std::to_string(impl_->port) + std::string(path);
}

std::string RawServer::received() const {
  const std::lock_guard lock(impl_->record.mutex);
  return impl_->record.received;
}

std::vector<std::string> RawServer::requests() const {
  const std::lock_guard lock(impl_->record.mutex);
  return impl_->record.requests;
}

int RawServer::connections() const {
  const std::lock_guard lock(impl_->record.mutex);
  return impl_->record.connections;
}

std::size_t RawServer::written() const { return impl_->record.written; }

std::string RawServer::offered_protocols() const {
  const std::lock_guard lock(impl_->record.mutex);
  return impl_->record.offered_protocols;
}

std::string HttpAnswer(std::string_view status, std::string_view headers,
                       std::string_view body) {
  std::string answer = "HTTP/1.1 ";
  answer.append(status).append("\r\n").append(headers);
  answer += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  answer.append(body);
  return answer;
}

}  // namespace clone_auth::testing
