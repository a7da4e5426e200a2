#include "credential/session_table.h"

#include <cstring>
#include <utility>

namespace clone_auth {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

template <typename Number>
void AppendNumber(std::string& text, Number number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  text.append(bytes, sizeof number);
}

}  // namespace

SessionTable::SessionTable(const ShortHash& hash) : hash_(hash), free_(kNone) {
  buckets_.PushBack(kNone);
}

// With the length before each part, no two keys have the same text.
std::string_view SessionTable::Pack(std::uint32_t issuer,
                                    const SessionKey& key) const {
  packed_.clear();
  AppendNumber(packed_, issuer);
  for (const std::string* part :
       {&key.resource, &key.tenant, &key.subject, &key.client}) {
    AppendNumber(packed_, static_cast<std::uint16_t>(part->size()));
    packed_ += *part;
  }
  return packed_;
}

std::size_t SessionTable::BucketNumber(std::uint32_t hash) const {
  const std::size_t wide = hash & (half_ * 2 - 1);
  return wide < buckets_.size() ? wide : hash & (half_ - 1);
}

std::optional<std::uint32_t> SessionTable::Find(std::uint32_t issuer,
                                                const SessionKey& key) const {
  const std::string_view packed = Pack(issuer, key);
  return Search(packed, HashOf(packed));
}

std::optional<std::uint32_t> SessionTable::Search(std::string_view packed,
                                                  std::uint32_t hash) const {
  for (std::uint32_t at = buckets_[BucketNumber(hash)]; at != kNone;
       at = links_[at].next) {
    if (links_[at].hash != hash) continue;
    const char* text = records_[at].key.get();
    std::uint32_t size = 0;
    std::memcpy(&size, text, sizeof size);
    if (packed == std::string_view(text + sizeof size, size)) return at;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> SessionTable::Insert(std::uint32_t issuer,
                                                  const SessionKey& key) {
  const std::string_view packed = Pack(issuer, key);
  const std::uint32_t hash = HashOf(packed);
  if (Search(packed, hash)) return std::nullopt;
  const auto size = static_cast<std::uint32_t>(packed.size());
  std::unique_ptr<char[]> text(new char[sizeof size + size]);
  std::memcpy(text.get(), &size, sizeof size);
  std::memcpy(text.get() + sizeof size, packed.data(), size);

  // Three buckets for four sessions.
  if (++linked_ * 3 > buckets_.size() * 4) AddBucket();
  const std::uint32_t index = TakeIndex();
  records_[index].key = std::move(text);
  records_[index].phase = SessionPhase::kIdle;
  std::uint32_t& bucket = buckets_[BucketNumber(hash)];
  links_[index] = {hash, std::exchange(bucket, index), issuer};
  return index;
}

std::uint32_t SessionTable::TakeIndex() {
  if (free_ != kNone) return std::exchange(free_, links_[free_].next);
  records_.PushBack(SessionRecord());
  links_.PushBack(Link());
  return static_cast<std::uint32_t>(records_.size() - 1);
}

// Parts the chain of one bucket between it and a new one.
void SessionTable::AddBucket() {
  const std::size_t added = buckets_.size();
  if (added == half_ * 2) half_ = added;
  buckets_.PushBack(kNone);
  std::uint32_t* to_next = &buckets_[added - half_];
  while (*to_next != kNone) {
    const std::uint32_t at = *to_next;
    Link& link = links_[at];
    if (BucketNumber(link.hash) == added) {
      *to_next = link.next;
      link.next = std::exchange(buckets_[added], at);
    } else {
      to_next = &link.next;
    }
  }
}

void SessionTable::Forget(std::uint32_t index) {
  std::uint32_t* to_next = &buckets_[BucketNumber(links_[index].hash)];
  while (*to_next != index) to_next = &links_[*to_next].next;
  *to_next = links_[index].next;
  records_[index].key.reset();
  --linked_;
}

void SessionTable::Free(std::uint32_t index) {
  SessionRecord& record = records_[index];
  // Zero stands for no session.
  std::uint32_t generation = record.generation + 1;
  if (generation == 0) generation = 1;
  record = SessionRecord();
  record.generation = generation;
  links_[index].next = std::exchange(free_, index);
}

SessionRecord* SessionTable::Of(SessionHandle handle) {
  if (handle.index >= records_.size()) return nullptr;
  SessionRecord& record = records_[handle.index];
  const bool is_there = record.generation == handle.generation &&
                        record.phase != SessionPhase::kFree;
  return is_there ? &record : nullptr;
}

}  // namespace clone_auth
