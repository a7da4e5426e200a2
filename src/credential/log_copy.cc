#include "credential/log_copy.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/macros.h"
#include "credential/log_frame.h"
#include "credential/log_io.h"

namespace clone_auth {
namespace {

constexpr std::uint64_t kLeastBuffer = kMaxLogFrame;
constexpr std::uint64_t kMostBuffer = std::uint64_t{1} << 20;

}  // namespace

const Secret& LogHeader() {
  static const Secret& header =
      *new Secret(EncodeLogFrame({LogRecordKind::kHeader, {}, kLogFormat}));
  return header;
}

LogCopy::LogCopy(int from, int to, std::string name, std::uint64_t expected)
    : from_(from),
      to_(to),
      name_(std::move(name)),
      buffer_(Secret::OfSize(static_cast<std::size_t>(
          std::clamp(expected, kLeastBuffer, kMostBuffer)))) {
  const std::string_view header = LogHeader().Reveal();
  std::memcpy(buffer_.MutableBytes(), header.data(), header.size());
  filled_ = end_ = header.size();
}

Status LogCopy::Take(std::size_t slot, const LogPlace& place) {
  if (slot >= taken_.size()) {
    taken_.resize(slot + 1);
    copied_.resize(slot + 1);
  }
  if (taken_[slot] == place) return Status();
  taken_[slot] = place;
  copied_[slot] = {};
  if (place.size == 0) return Status();
  if (filled_ + place.size > buffer_.size())
    CLONE_AUTH_RETURN_IF_ERROR(Write());
  CLONE_AUTH_ASSIGN_OR_RETURN(
      const std::size_t got,
      ReadAt(from_, place.offset, buffer_.MutableBytes() + filled_, place.size,
             name_));
  if (got != place.size) {
    return Status(Reason::kStoreUnavailable, name_ + " was cut by somebody");
  }
  copied_[slot] = {end_, place.size};
  filled_ += got;
  end_ += got;
  return Status();
}

Status LogCopy::Add(std::string_view frame) {
  CLONE_AUTH_RETURN_IF_ERROR(MakeRoom(frame.size()));
  std::memcpy(buffer_.MutableBytes() + filled_, frame.data(), frame.size());
  filled_ += frame.size();
  end_ += frame.size();
  return Status();
}

Status LogCopy::MakeRoom(std::size_t size) {
  return filled_ + size > buffer_.size() ? Write() : Status();
}

Status LogCopy::Write() {
  CLONE_AUTH_RETURN_IF_ERROR(
      WriteAt(to_, end_ - filled_, buffer_.Reveal().substr(0, filled_), name_));
  filled_ = 0;
  return Status();
}

Status LogCopy::Flush() {
  CLONE_AUTH_RETURN_IF_ERROR(Write());
  return SyncData(to_, name_);
}

}  // namespace clone_auth
