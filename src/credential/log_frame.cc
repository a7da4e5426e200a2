#include "credential/log_frame.h"

#include <algorithm>
#include <utility>

#include "base/crc32.h"

namespace clone_auth {
namespace {

constexpr std::size_t kSizeBytes = 3;
constexpr std::size_t kChecksumBytes = 5;
constexpr std::size_t kFixed = kSizeBytes + kChecksumBytes + 1;
// Kind and size of the key.
constexpr std::size_t kPrefix = 3;
// A run of bytes that are not zero, with its length before it.
constexpr std::size_t kLongestRun = 254;

static_assert(kPrefix + kFixed < 16 && kMaxLogFrame < 1u << 21);

void PutSevenBits(char* to, std::size_t bytes, std::uint64_t value) {
  for (std::size_t i = bytes; i-- > 0; value >>= 7) {
    to[i] = static_cast<char>(0x80 | (value & 0x7f));
  }
}

std::optional<std::uint64_t> TakeSevenBits(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x80) return std::nullopt;
    value = value << 7 | (byte & 0x7f);
  }
  return value;
}

// Takes pieces, and writes them without their zero bytes.
class Stuffer {
 public:
  explicit Stuffer(char* to) : run_(to), next_(to + 1) {}

  void Put(std::string_view bytes) {
    for (const char c : bytes) {
      if (c != '\0') *next_++ = c;
      if (c == '\0' || next_ == run_ + 1 + kLongestRun) EndRun();
    }
  }

  /// Where the bytes end.
  char* Finish() {
    EndRun();
    return run_;
  }

 private:
  void EndRun() {
    *run_ = static_cast<char>(next_ - run_);
    run_ = next_++;
  }

  char* run_;
  char* next_;
};

std::size_t MaxStuffed(std::size_t size) { return size + size / 254 + 2; }

// How many bytes came out; `to` has room for as many as there are in `bytes`.
std::optional<std::size_t> Unstuff(std::string_view bytes, char* to) {
  const char* const begin = to;
  while (!bytes.empty()) {
    const auto run = static_cast<std::uint8_t>(bytes.front());
    if (run == 0 || run > bytes.size()) return std::nullopt;
    to = std::copy_n(bytes.data() + 1, run - 1, to);
    bytes.remove_prefix(run);
    if (run <= kLongestRun && !bytes.empty()) *to++ = '\0';
  }
  return static_cast<std::size_t>(to - begin);
}

bool IsKnown(std::uint8_t kind) {
  return kind >= static_cast<std::uint8_t>(LogRecordKind::kHeader) &&
         kind <= static_cast<std::uint8_t>(LogRecordKind::kCleared);
}

}  // namespace

Secret EncodeLogFrame(const LogRecord& record) {
  const char prefix[kPrefix] = {static_cast<char>(record.kind),
                                static_cast<char>(record.key.size() & 0xff),
                                static_cast<char>(record.key.size() >> 8)};
  Secret room = Secret::OfSize(
      kFixed + MaxStuffed(kPrefix + record.key.size() + record.payload.size()));
  char* const begin = room.MutableBytes();
  Stuffer stuffer(begin + kSizeBytes);
  stuffer.Put({prefix, kPrefix});
  stuffer.Put(record.key);
  stuffer.Put(record.payload);
  char* const end = stuffer.Finish();
  PutSevenBits(begin, kSizeBytes,
               static_cast<std::size_t>(end - begin) - kSizeBytes);
  const auto before = static_cast<std::size_t>(end - begin);
  PutSevenBits(end, kChecksumBytes, Crc32c({begin, before}));
  end[kChecksumBytes] = '\0';
  return Secret::CopyOf({begin, before + kChecksumBytes + 1});
}

std::optional<std::size_t> LogFrameSize(std::string_view bytes) {
  if (bytes.size() < kSizeBytes) return std::nullopt;
  const auto encoded = TakeSevenBits(bytes.substr(0, kSizeBytes));
  if (!encoded || *encoded + kFixed > kMaxLogFrame) return std::nullopt;
  return static_cast<std::size_t>(*encoded) + kFixed;
}

std::optional<DecodedLogRecord> DecodedLogRecord::Of(std::string_view frame) {
  const auto size = LogFrameSize(frame);
  if (!size || frame.size() + 1 < *size) return std::nullopt;
  const std::string_view checked = frame.substr(0, *size - 1 - kChecksumBytes);
  const auto checksum =
      TakeSevenBits(frame.substr(checked.size(), kChecksumBytes));
  if (!checksum || *checksum != Crc32c(checked)) return std::nullopt;

  const std::string_view encoded = checked.substr(kSizeBytes);
  DecodedLogRecord decoded;
  decoded.bytes_ = Secret::OfSize(encoded.size());
  const auto length = Unstuff(encoded, decoded.bytes_.MutableBytes());
  if (!length || *length < kPrefix) return std::nullopt;
  const std::string_view bytes = decoded.bytes_.Reveal().substr(0, *length);
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint8_t>(bytes[i]);
  };
  const std::size_t key = byte(1) | static_cast<std::size_t>(byte(2)) << 8;
  if (!IsKnown(byte(0)) || kPrefix + key > bytes.size()) return std::nullopt;
  decoded.record_ = {static_cast<LogRecordKind>(byte(0)),
                     bytes.substr(kPrefix, key), bytes.substr(kPrefix + key)};
  return decoded;
}

}  // namespace clone_auth
