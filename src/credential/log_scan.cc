#include "credential/log_scan.h"

#include <optional>
#include <string_view>

#include "base/macros.h"
#include "credential/log_io.h"

namespace clone_auth {
namespace {

class Scanner {
 public:
  Scanner(int fd, std::uint64_t size, const std::string& name,
          const LogVisitor& visit)
      : window_(fd, size, name), visit_(visit) {
    scan_.size = size;
  }

  Result<LogScan> Run() {
    while (!is_over_ && scan_.end < scan_.size) {
      CLONE_AUTH_ASSIGN_OR_RETURN(const bool is_frame, TakeFrame());
      if (!is_frame) CLONE_AUTH_RETURN_IF_ERROR(PassDamage());
    }
    return scan_;
  }

 private:
  // False where no frame that can be read stands at `end`.
  Result<bool> TakeFrame() {
    CLONE_AUTH_ASSIGN_OR_RETURN(const std::string_view bytes,
                                window_.At(scan_.end, kMaxLogFrame));
    const auto size = LogFrameSize(bytes);
    // An end that is not there yet makes it one that was being written.
    if (!size || bytes.size() < *size) return false;
    const auto decoded = DecodedLogRecord::Of(bytes);
    if (!decoded) return false;
    visit_(scan_.end, *size, decoded->record());
    ++scan_.frames;
    if (bytes[*size - 1] != '\0') scan_.is_damaged = true;
    scan_.end += *size;
    return true;
  }

  // Goes on behind the next zero byte, where a frame may begin. What has none
  // and says that it is longer than what there is was cut off, and so was
  // what is all zero bytes: room made for what was never written.
  Status PassDamage() {
    CLONE_AUTH_ASSIGN_OR_RETURN(const std::string_view start,
                                window_.At(scan_.end, kMaxLogFrame));
    const std::uint64_t left = scan_.size - scan_.end;
    const auto size = LogFrameSize(start);
    const bool goes_beyond = left < 3 || (size && *size > left);
    CLONE_AUTH_ASSIGN_OR_RETURN(const auto zero, FindFrom(scan_.end, true));
    if (!zero && goes_beyond) {
      is_over_ = true;
      return Status();
    }
    if (zero == scan_.end) {
      CLONE_AUTH_ASSIGN_OR_RETURN(const auto other, FindFrom(*zero, false));
      if (!other) {
        is_over_ = true;
        return Status();
      }
      scan_.is_damaged = true;
      scan_.end = *other;
      return Status();
    }
    scan_.is_damaged = true;
    scan_.end = zero ? *zero + 1 : scan_.size;
    return Status();
  }

  // The first byte from `offset` on that is zero, or that is not.
  Result<std::optional<std::uint64_t>> FindFrom(std::uint64_t offset,
                                                bool is_zero) {
    constexpr std::size_t kPiece = 4096;
    while (offset < scan_.size) {
      CLONE_AUTH_ASSIGN_OR_RETURN(const std::string_view piece,
                                  window_.At(offset, kPiece));
      if (piece.empty()) break;
      const std::size_t found =
          is_zero ? piece.find('\0') : piece.find_first_not_of('\0');
      if (found != std::string_view::npos) {
        return std::optional<std::uint64_t>(offset + found);
      }
      offset += piece.size();
    }
    return std::optional<std::uint64_t>();
  }

  LogWindow window_;
  const LogVisitor& visit_;
  LogScan scan_;
  bool is_over_ = false;
};

}  // namespace

Result<LogScan> ScanLog(int fd, const std::string& name,
                        const LogVisitor& visit) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const std::uint64_t size, FileSize(fd, name));
  return Scanner(fd, size, name, visit).Run();
}

}  // namespace clone_auth
