#pragma once

// What a log of sessions consists of: frames, one for each record, that can be
// found again behind one that is damaged. A frame is
//
//   size      3 bytes of 7 bits each, the highest set: of what is encoded
//   encoded   kind (1), size of the key (2, low byte first), key, payload
//   checksum  5 bytes of 7 bits each: CRC-32C of all before
//   end       a zero byte
//
// Encoded means without zero bytes (Cheshire and Baker, "Consistent Overhead
// Byte Stuffing", 1999), so that the end is the only one in a frame: nothing
// that a token may hold passes for a record.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "clone/secret.h"

namespace clone_auth {

enum class LogRecordKind : std::uint8_t {
  kHeader = 1,   ///< the first; the payload names format and version
  kSession = 2,  ///< what is stored under the key from here on
  kCleared = 3,  ///< nothing is, from here on
};

/// Views of bytes that belong to somebody else.
struct LogRecord {
  LogRecordKind kind = LogRecordKind::kHeader;
  std::string_view key;
  std::string_view payload;
};

inline constexpr std::size_t kMaxLogKey = 1024;
inline constexpr std::size_t kMaxLogPayload = std::size_t{64} * 1024;
/// No frame is larger.
inline constexpr std::size_t kMaxLogFrame =
    (kMaxLogKey + kMaxLogPayload) * 255 / 254 + 16;

/// The frame of `record`, whose key and payload keep to the limits.
Secret EncodeLogFrame(const LogRecord& record);

/// How many bytes the frame at the start of `bytes` has, its end included, by
/// its own word. Empty where no frame begins like this.
std::optional<std::size_t> LogFrameSize(std::string_view bytes);

/// A record, with the bytes that it views.
class DecodedLogRecord {
 public:
  /// Reads a frame of which all is there but, perhaps, the end. Empty where it
  /// is damaged.
  static std::optional<DecodedLogRecord> Of(std::string_view frame);

  const LogRecord& record() const { return record_; }

 private:
  DecodedLogRecord() = default;

  Secret bytes_;
  LogRecord record_;
};

}  // namespace clone_auth
