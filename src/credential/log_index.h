#pragma once

// Where in a log the last record of each key stands. One caller at a time.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace clone_auth {

struct LogPlace {
  std::uint64_t offset = 0;
  std::uint32_t size = 0;  ///< 0: nothing is stored

  friend bool operator==(const LogPlace& a, const LogPlace& b) {
    return a.offset == b.offset && a.size == b.size;
  }
};

class LogIndex {
 public:
  std::optional<LogPlace> Find(const std::string& key) const;
  void Put(const std::string& key, const LogPlace& place);
  void Remove(const std::string& key);

  std::size_t size() const { return slots_.size(); }
  /// Of the records that somebody can ask for.
  std::uint64_t live_bytes() const { return live_bytes_; }
  std::vector<std::string> keys() const;

  /// All places, each in a slot that stays its key's for as long as something
  /// is stored under that. A slot is never more than one place.
  const std::vector<LogPlace>& places() const { return places_; }
  /// After the file was written anew: the same slots, elsewhere.
  void MoveTo(std::vector<LogPlace> places) { places_ = std::move(places); }

 private:
  std::unordered_map<std::string, std::uint32_t> slots_;
  std::vector<LogPlace> places_;
  std::vector<std::uint32_t> free_;
  std::uint64_t live_bytes_ = 0;
};

}  // namespace clone_auth
