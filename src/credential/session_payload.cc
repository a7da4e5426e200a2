#include "credential/session_payload.h"

#include <chrono>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "credential/stored_session.h"

namespace clone_auth {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr std::size_t kNumber = 8;
// Where the token's life is not told.
constexpr std::int64_t kUntold = -1;

// Numbers have 8 bytes, the lowest first; a text has its length before it.
class Writer {
 public:
  explicit Writer(char* to) : to_(to) {}

  void Number(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    for (std::size_t i = 0; i < kNumber; ++i) {
      *to_++ = static_cast<char>(bits >> 8 * i);
    }
  }

  void Text(std::string_view text) {
    Number(static_cast<std::int64_t>(text.size()));
    if (!text.empty()) std::memcpy(to_, text.data(), text.size());
    to_ += text.size();
  }

 private:
  char* to_;
};

class Reader {
 public:
  explicit Reader(std::string_view from) : from_(from) {}

  std::int64_t Number() {
    if (from_.size() < kNumber) return Fail();
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < kNumber; ++i) {
      bits |= std::uint64_t{static_cast<std::uint8_t>(from_[i])} << 8 * i;
    }
    from_.remove_prefix(kNumber);
    return static_cast<std::int64_t>(bits);
  }

  std::string_view Text() {
    const std::int64_t size = Number();
    if (size < 0 || static_cast<std::uint64_t>(size) > from_.size()) {
      Fail();
      return {};
    }
    const std::string_view text =
        from_.substr(0, static_cast<std::size_t>(size));
    from_.remove_prefix(text.size());
    return text;
  }

  bool AtEnd() const { return from_.empty(); }

  /// True if all was there and nothing is left.
  bool IsComplete() const { return is_good_ && from_.empty(); }

 private:
  std::int64_t Fail() {
    is_good_ = false;
    from_ = {};
    return 0;
  }

  std::string_view from_;
  bool is_good_ = true;
};

bool IsWallTime(std::int64_t micros) {
  constexpr auto most =
      std::chrono::duration_cast<microseconds>(WallTime::duration::max());
  return micros >= -most.count() && micros <= most.count();
}

}  // namespace

Secret EncodeSession(const StoredSession& session, WallTime now) {
  const SessionTokens& tokens = session.tokens;
  std::vector<std::string_view> texts = {
      session.base_url, tokens.access.Reveal(), tokens.refresh.Reveal(),
      tokens.idempotency_key};
  // Records of our own server's sessions, most of all, have none of these.
  if (IsGranted(session)) {
    for (const GrantRow& row : kGrantRows) {
      texts.push_back(session.*row.stored);
    }
  }
  std::size_t size = 2 * kNumber;
  for (const std::string_view text : texts) size += kNumber + text.size();

  Secret payload = Secret::OfSize(size);
  Writer writer(payload.MutableBytes());
  const WallTime received_at = tokens.received_at.value_or(now);
  writer.Number(
      std::chrono::floor<microseconds>(received_at.time_since_epoch()).count());
  writer.Number(tokens.expires_in ? tokens.expires_in->count() : kUntold);
  for (const std::string_view text : texts) writer.Text(text);
  return payload;
}

std::optional<StoredSession> DecodeSession(std::string_view payload) {
  Reader reader(payload);
  const std::int64_t received_at = reader.Number();
  const std::int64_t expires_in = reader.Number();
  StoredSession session;
  session.base_url = reader.Text();
  session.tokens.access = Secret::CopyOf(reader.Text());
  session.tokens.refresh = Secret::CopyOf(reader.Text());
  session.tokens.idempotency_key = reader.Text();
  if (!reader.AtEnd()) {
    for (const GrantRow& row : kGrantRows) {
      session.*row.stored = reader.Text();
    }
  }
  if (!reader.IsComplete() || !IsWallTime(received_at)) return std::nullopt;
  session.tokens.received_at =
      WallTime(std::chrono::duration_cast<WallTime::duration>(
          microseconds(received_at)));
  if (expires_in != kUntold) session.tokens.expires_in = seconds(expires_in);
  return session;
}

}  // namespace clone_auth
