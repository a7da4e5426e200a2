#pragma once

// The sessions of a scheduler, found by index or by key. Keys are compared
// whole. The table that finds them grows by one place for each session that
// comes (linear hashing), so that no insertion pays for all the others.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "clone/refresh_scheduler.h"
#include "credential/backlog_order.h"
#include "credential/chunked_array.h"
#include "credential/scheduler_time.h"
#include "crypto/short_hash.h"

namespace clone_auth {

enum class SessionPhase : std::uint8_t {
  kFree,
  kIdle,      ///< not used since its last refresh
  kWaiting,   ///< used, and not due
  kBacklog,   ///< due
  kInFlight,  ///< being refreshed
};

/// What every use of a session looks at, and no more: a million of them do not
/// fit into a processor's cache, and two fit into one line of it.
struct SessionRecord {
  Ticks expires_at = 0;
  /// When it was last used; of an idle session, when its refresh is due.
  Ticks moment = 0;
  std::unique_ptr<char[]> key;  ///< of the table
  std::uint32_t generation = 1;
  SessionPhase phase = SessionPhase::kFree;
  Urgency urgency = Urgency::kAhead;  ///< in the backlog
  bool is_removed : 1;                ///< while it was in flight
  bool was_used_in_flight : 1;        ///< since the attempt began
  bool is_backing_off : 1;            ///< waits after a failure
  bool is_demanded : 1;               ///< since it was in the backlog

  SessionRecord()
      : is_removed(false),
        was_used_in_flight(false),
        is_backing_off(false),
        is_demanded(false) {}
};
static_assert(sizeof(SessionRecord) == 32);

class SessionTable {
 public:
  static constexpr std::size_t kLongestPart = 2'048;

  explicit SessionTable(const ShortHash& hash);

  /// The session with this key, of the issuer with this number.
  std::optional<std::uint32_t> Find(std::uint32_t issuer,
                                    const SessionKey& key) const;

  /// The new session's index; empty where there is one with this key.
  std::optional<std::uint32_t> Insert(std::uint32_t issuer,
                                      const SessionKey& key);

  /// Find() finds it no more.
  void Forget(std::uint32_t index);
  /// Nor is it there any more. It was forgotten before.
  void Free(std::uint32_t index);

  /// Null where the handle's session is no more.
  SessionRecord* Of(SessionHandle handle);
  SessionRecord& operator[](std::uint32_t index) { return records_[index]; }
  const SessionRecord& operator[](std::uint32_t index) const {
    return records_[index];
  }
  SessionHandle HandleOf(std::uint32_t index) const {
    return {index, records_[index].generation};
  }

  /// The number of its issuer.
  std::uint32_t IssuerOf(std::uint32_t index) const {
    return links_[index].issuer;
  }

 private:
  struct Link {
    std::uint32_t hash;
    std::uint32_t next;  // in the bucket, or of those that are free
    std::uint32_t issuer;
  };

 public:
  /// Of each session at most, the text of its key aside.
  static constexpr std::size_t kBytesOfOne =
      sizeof(SessionRecord) + sizeof(Link) + sizeof(std::uint32_t);

 private:
  std::string_view Pack(std::uint32_t issuer, const SessionKey& key) const;
  std::uint32_t HashOf(std::string_view packed) const {
    return static_cast<std::uint32_t>(hash_.Of(packed));
  }
  std::optional<std::uint32_t> Search(std::string_view packed,
                                      std::uint32_t hash) const;
  std::uint32_t TakeIndex();
  std::size_t BucketNumber(std::uint32_t hash) const;
  void AddBucket();

  const ShortHash hash_;
  ChunkedArray<SessionRecord> records_;
  ChunkedArray<Link> links_;             // of the session with the same index
  ChunkedArray<std::uint32_t> buckets_;  // the first of each chain
  std::size_t half_ = 1;  // the largest power of two up to their number
  std::size_t linked_ = 0;
  std::uint32_t free_;  // the first of a chain
  mutable std::string packed_;
};

}  // namespace clone_auth
