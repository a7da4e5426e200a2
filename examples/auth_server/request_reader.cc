#include "request_reader.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/beast/http/basic_parser.hpp>

#include "head_scanner.h"

namespace auth_server {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using clone_auth::EqualsIgnoreAsciiCase;
using clone_auth::HttpRequest;
using clone_auth::Reason;

constexpr std::size_t kFirstBuffer = 4 * 1024;
constexpr std::size_t kLeastSpace = 1024;
/// Of a chunk's size line or the trailer section.
constexpr std::size_t kMaxFraming = 16 * 1024;

constexpr std::string_view kNotHttp = "The request is not valid HTTP/1.1.";

std::string_view View(beast::string_view text) {
  return {text.data(), text.size()};
}

bool IsDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
}

/// The path and query of a target; of the absolute form (RFC 9112 section
/// 3.2.2) what follows the authority.
std::string_view OriginForm(std::string_view target) {
  const std::size_t scheme = target.find("://");
  if (target.empty() || target.front() == '/' || scheme == target.npos) {
    return target;
  }
  const std::size_t path = target.find('/', scheme + 3);
  return path == target.npos ? "/" : target.substr(path);
}

/// Fills an HttpRequest straight from Beast's parser.
class Parser final : public http::basic_parser<true> {
 public:
  Parser(HttpRequest& request, const ConnectionLimits& limits)
      : request_(request), max_fields_(limits.max_header_fields) {
    eager(true);
    header_limit(static_cast<std::uint32_t>(limits.max_header_bytes) + 1);
    body_limit(limits.max_body_bytes);
  }

  bool http_1_0() const { return http_1_0_; }

  std::optional<Refusal> refusal;
  bool expects_continue = false;

 private:
  void Refuse(Refusal why, beast::error_code& ec) {
    refusal = why;
    ec = http::error::bad_value;
  }
  void RefuseForm(std::string_view detail, beast::error_code& ec) {
    Refuse({400, Reason::kInvalidArgument, detail}, ec);
  }

  void on_request_impl(http::verb, beast::string_view method,
                       beast::string_view target, int version,
                       beast::error_code& ec) override {
    request_.method = View(method);
    request_.target = OriginForm(View(target));
    http_1_0_ = version == 10;
    if (request_.target.front() != '/' && request_.target != "*") {
      RefuseForm("The request target is not a path.", ec);
    }
  }

  void on_field_impl(http::field field, beast::string_view name,
                     beast::string_view value, beast::error_code& ec) override {
    // What follows the body is never taken for a header.
    if (head_done_) return;
    if (++fields_ > max_fields_) {
      return Refuse(
          {431, Reason::kTooLarge, "The request has too many header fields."},
          ec);
    }
    switch (field) {
      case http::field::host:
        ++hosts_;
        break;
      case http::field::content_length:
        if (++lengths_ > 1 || !IsDigits(View(value))) {
          return RefuseForm("Content-Length is not one number.", ec);
        }
        break;
      case http::field::transfer_encoding:
        if (http_1_0_ || !EqualsIgnoreAsciiCase(View(value), "chunked")) {
          return RefuseForm("Transfer-Encoding is not 'chunked'.", ec);
        }
        break;
      case http::field::connection:
        options_.append(View(value)).append(",");
        break;
      case http::field::expect:
        expects_continue =
            !http_1_0_ && EqualsIgnoreAsciiCase(View(value), "100-continue");
        break;
      default:
        break;
    }
    request_.headers.Add(std::string(View(name)), std::string(View(value)));
  }

  void on_header_impl(beast::error_code& ec) override {
    head_done_ = true;
    if (hosts_ > 1 || (hosts_ == 0 && !http_1_0_)) {
      return RefuseForm("The request does not name one host.", ec);
    }
    if (!options_.empty()) DropFieldsOfTheConnection();
  }

  /// Fields named by Connection end here (RFC 9110 section 7.6.1): an
  /// intermediary that obeys it would not have sent them on.
  void DropFieldsOfTheConnection() {
    clone_auth::HttpHeaders kept;
    kept.reserve(request_.headers.size());
    for (const auto& field : request_.headers) {
      if (!IsConnectionOption(field.name)) kept.Add(field.name, field.value);
    }
    if (kept.size() != request_.headers.size()) {
      request_.headers = std::move(kept);
    }
  }

  bool IsConnectionOption(std::string_view name) const {
    std::string_view rest = options_;
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      std::string_view option = rest.substr(0, comma);
      rest.remove_prefix(comma + 1);
      while (!option.empty() && option.front() <= ' ') option.remove_prefix(1);
      while (!option.empty() && option.back() <= ' ') option.remove_suffix(1);
      if (EqualsIgnoreAsciiCase(option, name)) return true;
    }
    return false;
  }

  std::size_t AddToBody(beast::string_view bytes) {
    request_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  std::size_t on_body_impl(beast::string_view body,
                           beast::error_code&) override {
    return AddToBody(body);
  }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body,
                                 beast::error_code&) override {
    return AddToBody(body);
  }

  void on_response_impl(int, beast::string_view, int,
                        beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&,
                         beast::error_code&) override {}
  void on_chunk_header_impl(std::uint64_t, beast::string_view,
                            beast::error_code&) override {}
  void on_finish_impl(beast::error_code&) override {}

  HttpRequest& request_;
  std::size_t max_fields_;
  std::size_t fields_ = 0;
  int hosts_ = 0;
  int lengths_ = 0;
  bool http_1_0_ = false;
  bool head_done_ = false;
  std::string options_;
};

Refusal RefusalFor(const Parser& parser, beast::error_code error) {
  if (parser.refusal) return *parser.refusal;
  if (error == http::error::body_limit) {
    return {413, Reason::kTooLarge, "The body is larger than 1 MiB."};
  }
  return {400, Reason::kInvalidArgument, kNotHttp};
}

}  // namespace

class RequestReader::Impl {
 public:
  explicit Impl(const ConnectionLimits& limits)
      : limits_(limits), buffer_(kFirstBuffer) {
    Start();
  }

  void Start() {
    request_.method.clear();
    request_.target.clear();
    request_.headers = {};
    request_.body.clear();
    scanner_ = {};
    parser_.emplace(request_, limits_);
    state_ = State::kEmpty;
    Advance();
  }

  std::span<char> Space() {
    if (buffer_.size() - end_ < kLeastSpace) Compact();
    if (buffer_.size() - end_ < kLeastSpace) {
      buffer_.resize(buffer_.size() * 2);
    }
    return {buffer_.data() + end_, buffer_.size() - end_};
  }

  void Commit(std::size_t size) {
    end_ += size;
    Advance();
  }

  void Advance() {
    if (state_ == State::kEmpty || state_ == State::kHead) ReadHead();
    if (state_ == State::kBody) ReadBody();
  }

  State state_ = State::kEmpty;
  Refusal refusal_;
  HttpRequest request_;
  std::optional<Parser> parser_;

 private:
  std::string_view Pending() const {
    return {buffer_.data() + begin_, end_ - begin_};
  }

  void Compact() {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }

  void Consume(std::size_t size) {
    begin_ += size;
    if (begin_ == end_) begin_ = end_ = 0;
  }

  void Refuse(Refusal why) {
    refusal_ = why;
    state_ = State::kRefused;
  }

  void ReadHead() {
    if (state_ == State::kEmpty) {
      // Some clients end a body with one line too many (RFC 9112 section 2.2).
      while (Pending().substr(0, 2) == "\r\n") Consume(2);
      if (Pending().empty() || Pending() == "\r") return;
      state_ = State::kHead;
    }
    const auto verdict = scanner_.Scan(Pending());
    if (verdict == HeadScanner::Verdict::kBad) {
      return Refuse({400, Reason::kInvalidArgument, scanner_.problem()});
    }
    if (scanner_.head_size() > limits_.max_header_bytes) {
      return Refuse({431, Reason::kTooLarge,
                     "The head of the request is larger than 64 KiB."});
    }
    if (verdict == HeadScanner::Verdict::kMore) return;
    Parse(Pending().substr(0, scanner_.head_size()));
  }

  void ReadBody() {
    if (Pending().empty()) return;
    Parse(Pending());
    if (state_ == State::kBody && Pending().size() > kMaxFraming) {
      Refuse({400, Reason::kInvalidArgument, kNotHttp});
    }
  }

  void Parse(std::string_view bytes) {
    beast::error_code error;
    Consume(parser_->put({bytes.data(), bytes.size()}, error));
    if (error && error != http::error::need_more) {
      return Refuse(RefusalFor(*parser_, error));
    }
    state_ = parser_->is_done() ? State::kComplete : State::kBody;
  }

  const ConnectionLimits& limits_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  HeadScanner scanner_;
};

RequestReader::RequestReader(const ConnectionLimits& limits)
    : impl_(std::make_unique<Impl>(limits)) {}
RequestReader::~RequestReader() = default;

std::span<char> RequestReader::Space() { return impl_->Space(); }
void RequestReader::Commit(std::size_t size) { impl_->Commit(size); }
void RequestReader::Next() { impl_->Start(); }
RequestReader::State RequestReader::state() const { return impl_->state_; }
const Refusal& RequestReader::refusal() const { return impl_->refusal_; }

bool RequestReader::TakeExpectation() {
  return impl_->state_ == State::kBody &&
         std::exchange(impl_->parser_->expects_continue, false);
}

HttpRequest& RequestReader::request() { return impl_->request_; }
bool RequestReader::keep_alive() const { return impl_->parser_->keep_alive(); }
bool RequestReader::is_http_1_0() const { return impl_->parser_->http_1_0(); }

}  // namespace auth_server
