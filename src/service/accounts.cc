#include "service/accounts.h"

#include <utility>

#include "service/try.h"

namespace clone_auth::service {

Result<Account> NewOwner(std::string email, WallTime created_at,
                         RandomSource& random) {
  Account account;
  CLONE_AUTH_TRY_ASSIGN(account.id, Uuid::Generate(random));
  CLONE_AUTH_TRY_ASSIGN(account.organization, Uuid::Generate(random));
  account.organization_name = email.substr(0, email.rfind('@'));
  account.email = std::move(email);
  account.role = "owner";
  account.created_at = created_at;
  return account;
}

}  // namespace clone_auth::service
