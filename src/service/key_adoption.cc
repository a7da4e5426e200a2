#include "service/key_adoption.h"

#include <string>

#include "service/try.h"

namespace clone_auth::service {

Adoption KeyAdoption::StepFor(std::string_view key) const {
  Adoption step = Adoption::kNone;
  for (const ForeignKey& row : directory_->imports().RowsFor(key)) {
    if (IsCostly(row)) {
      step = Adoption::kHash;
    } else if (Matches(row, key)) {
      return Adoption::kWrite;
    }
  }
  if (step != Adoption::kNone) return step;
  // Somebody else may have used it since it was looked for.
  const auto found = directory_->keys().Find(DigestApiKey(key));
  return found.ok() && found->has_value() ? Adoption::kWrite : Adoption::kNone;
}

Status KeyAdoption::AdoptCostly(const ForeignKey& row, std::string_view key,
                                std::string_view sender,
                                std::chrono::seconds& wait, bool& done) const {
  for (const auto& [limiter, name] :
       {std::pair(by_handle_, std::string_view(row.handle)),
        std::pair(by_sender_, sender)}) {
    if (const auto blocked = limiter->Blocked(name)) {
      wait = *blocked;
      return Status(Reason::kRateLimited);
    }
  }
  done = Matches(row, key);
  if (done) return directory_->AdoptApiKey(row.key, DigestApiKey(key));
  (void)by_handle_->Take(row.handle);
  (void)by_sender_->Take(sender);
  return Status();
}

Status KeyAdoption::Adopt(std::string_view key, std::string_view sender,
                          std::chrono::seconds& wait) const {
  const ApiKeyDigest digest = DigestApiKey(key);
  for (const ForeignKey& row : directory_->imports().RowsFor(key)) {
    // Whoever waited for its turn may find that the work was done meanwhile.
    CLONE_AUTH_TRY_ASSIGN(const auto found, directory_->keys().Find(digest));
    if (found.has_value()) return Status();
    if (IsCostly(row)) {
      bool done = false;
      CLONE_AUTH_TRY(AdoptCostly(row, key, sender, wait, done));
      if (done) return Status();
    } else if (Matches(row, key)) {
      return directory_->AdoptApiKey(row.key, digest);
    }
  }
  return Status();
}

}  // namespace clone_auth::service
