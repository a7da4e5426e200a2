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

SessionTable::KeyHead SessionTable::HeadOf(const SessionRecord& record) {
  KeyHead head;
  std::memcpy(&head, record.key.get(), sizeof head);
  return head;
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
  const std::uint32_t hash = HashOf(packed);
  for (std::uint32_t at = buckets_[BucketNumber(hash)]; at != kNone;
       at = records_[at].next) {
    const KeyHead head = HeadOf(records_[at]);
    if (head.hash == hash && head.size == packed.size() &&
        std::memcmp(records_[at].key.get() + sizeof head, packed.data(),
                    packed.size()) == 0) {
      return at;
    }
  }
  return std::nullopt;
}

std::uint32_t SessionTable::Insert(std::uint32_t issuer,
                                   const SessionKey& key) {
  const std::string_view packed = Pack(issuer, key);
  const KeyHead head{HashOf(packed), static_cast<std::uint32_t>(packed.size())};
  std::unique_ptr<char[]> text(new char[sizeof head + packed.size()]);
  std::memcpy(text.get(), &head, sizeof head);
  std::memcpy(text.get() + sizeof head, packed.data(), packed.size());

  if (linked_++ == buckets_.size()) AddBucket();
  std::uint32_t index = free_;
  if (index == kNone) {
    index = static_cast<std::uint32_t>(records_.size());
    records_.PushBack(SessionRecord());
  } else {
    free_ = records_[index].next;
  }
  SessionRecord& record = records_[index];
  record.key = std::move(text);
  record.issuer = issuer;
  record.phase = SessionPhase::kIdle;
  record.next = std::exchange(BucketOf(head.hash), index);
  return index;
}

// Parts the chain of one bucket between it and a new one.
void SessionTable::AddBucket() {
  const std::size_t added = buckets_.size();
  if (added == half_ * 2) half_ = added;
  buckets_.PushBack(kNone);
  std::uint32_t* link = &buckets_[added - half_];
  while (*link != kNone) {
    const std::uint32_t at = *link;
    SessionRecord& record = records_[at];
    if (BucketNumber(HeadOf(record).hash) == added) {
      *link = record.next;
      record.next = std::exchange(buckets_[added], at);
    } else {
      link = &record.next;
    }
  }
}

void SessionTable::Forget(std::uint32_t index) {
  SessionRecord& record = records_[index];
  std::uint32_t* link = &BucketOf(HeadOf(record).hash);
  while (*link != index) link = &records_[*link].next;
  *link = record.next;
  record.key.reset();
  --linked_;
}

void SessionTable::Free(std::uint32_t index) {
  SessionRecord& record = records_[index];
  // Zero stands for no session.
  std::uint32_t generation = record.generation + 1;
  if (generation == 0) generation = 1;
  record = SessionRecord();
  record.generation = generation;
  record.next = std::exchange(free_, index);
}

SessionRecord* SessionTable::Of(SessionHandle handle) {
  if (handle.index >= records_.size()) return nullptr;
  SessionRecord& record = records_[handle.index];
  const bool is_there = record.generation == handle.generation &&
                        record.phase != SessionPhase::kFree;
  return is_there ? &record : nullptr;
}

}  // namespace clone_auth
