#include <chrono>
#include <utility>

#include "clone/json.h"
#include "service/accounts.h"
#include "service/email.h"
#include "service/form.h"
#include "service/handlers.h"
#include "service/refusal_cause.h"
#include "service/responses.h"
#include "service/time_text.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

constexpr char kEmailTaken[] = "user with this email already exists.";
constexpr char kBadInvite[] = "This invite code is not valid.";

HttpResponse Refused(std::string_view field, std::string message) {
  return ValidationAnswer({{std::string(field), {std::move(message)}}});
}

void WriteUser(JsonWriter& body, const Account& account) {
  body.BeginObject();
  body.Name("id").String(account.id.ToString());
  body.Name("email").String(account.email);
  body.Name("organization").BeginObject();
  body.Name("id").String(account.organization.ToString());
  body.Name("name").String(account.organization_name);
  body.EndObject();
  body.Name("role").String(account.role);
  body.EndObject();
}

// A wrong password counts against the account and against the address. In a
// burst several are checked at once, so whatever was found out beyond the
// limit is not told.
std::optional<std::chrono::seconds> CountPassword(const Context& context,
                                                  const std::string& email,
                                                  const std::string& client,
                                                  bool right) {
  RateLimiter& by_account = *context.limiters->passwords_by_account;
  RateLimiter& by_address = *context.limiters->passwords_by_address;
  const auto account_wait =
      right ? by_account.Blocked(email) : by_account.Take(email);
  const auto address_wait =
      right ? by_address.Blocked(client) : by_address.Take(client);
  return account_wait.has_value() ? account_wait : address_wait;
}

struct PasswordCheck {
  bool right = false;
  StoredPassword stored;  ///< where `right`
  Refusal refusal;        ///< where not
};

// The work is the same whether the account is unknown or disabled or the
// password wrong.
Result<PasswordCheck> CheckPassword(const Context& context,
                                    const std::string& email,
                                    const std::string& password) {
  CLONE_AUTH_TRY_ASSIGN(const std::optional<StoredPassword> stored,
                        context.store->FindPassword(email));
  const std::string& hash =
      stored.has_value() ? stored->hash : context.passwords->dummy_hash();
  const bool matches = context.passwords->Matches(hash, password);
  PasswordCheck check;
  check.refusal.when = context.Now();
  check.refusal.reason = Reason::kInvalidCredentials;
  check.refusal.detail = RefusalDetail::kNoSuchAccount;
  if (!stored.has_value()) return check;
  check.refusal.subject = RefusalSubject::kAccount;
  check.refusal.id = stored->user;
  check.refusal.detail =
      matches ? RefusalDetail::kAccountDisabled : RefusalDetail::kWrongPassword;
  check.right = matches && stored->enabled;
  if (check.right) check.stored = *stored;
  return check;
}

HttpResponse NoSignIn(const Context& context, const Refusal& refusal) {
  HttpResponse answer = ErrorAnswer(Status(refusal.reason));
  AddRefusalId(context, refusal, answer);
  return answer;
}

// The old hash stays good, so a failure to strengthen it is no failure of the
// sign-in.
void Strengthen(const Context& context, const StoredPassword& stored,
                const std::string& password) {
  if (!context.passwords->IsWeaker(stored.hash)) return;
  const auto hash = context.passwords->Hash(password);
  if (!hash.ok()) return;
  (void)context.store->Rehash(stored.user, stored.hash, *hash);
}

HttpResponse StartSession(const Context& context,
                          const StoredPassword& stored) {
  const WallTime now = context.Now();
  const auto id = Uuid::Generate(*context.random);
  if (!id.ok()) return ErrorAnswer(id.status());
  const std::string refresh =
      context.refresh_tokens->Make(RefreshToken{*id, 1});
  NewSession session;
  session.session = {*id, stored.user, now,
                     now + context.options->refresh_lifetime};
  session.account_generation = stored.generation;
  session.refresh = HashOf(refresh);
  const Status created = context.directory->CreateSession(session);
  if (created.reason() == Reason::kNotFound) {
    return NoSignIn(context, {now, Reason::kInvalidCredentials,
                              RefusalDetail::kPasswordJustChanged,
                              RefusalSubject::kAccount, stored.user});
  }
  if (!created.ok()) return ErrorAnswer(created);
  const std::optional<Account> account =
      context.directory->FindAccount(stored.user);
  if (!account.has_value()) return ErrorAnswer(Status(Reason::kInternal));
  const auto access =
      context.access_tokens->Issue(*account, session.session, now);
  if (!access.ok()) return ErrorAnswer(access.status());
  JsonWriter body;
  body.BeginObject();
  body.Name("access").String(*access);
  body.Name("refresh").String(refresh);
  body.Name("user");
  WriteUser(body, *account);
  return JsonAnswer(200, body.EndObject().Take());
}

}  // namespace

WallTime Context::Now() const { return RoundedDown(clock->Now()); }

HttpResponse Signup(const Context& context, const Call& call) {
  Form form(call.request);
  const std::string email = form.Email("email");
  TextRule as_it_is;
  as_it_is.trim = false;
  const std::string password = form.Text("password", as_it_is);
  if (!password.empty()) {
    auto objections = context.passwords->Objections(password);
    if (!objections.empty()) form.Refuse("password", std::move(objections));
  }
  NewAccount made;
  if (context.options->invite_only) {
    made.invite = HashOf(form.Text("invite_code"));
  }
  if (auto refusal = form.Refusal()) return *std::move(refusal);
  if (auto wait = context.limiters->anonymous->Take(call.client)) {
    return ThrottledAnswer(*wait);
  }
  // The invite comes first: who has none does not learn who has an account.
  if (made.invite.has_value()) {
    const auto valid = context.store->InviteIsValid(*made.invite);
    if (!valid.ok()) return ErrorAnswer(valid.status());
    if (!*valid) return Refused("invite_code", kBadInvite);
  }
  const auto known = context.store->FindPassword(email);
  if (!known.ok()) return ErrorAnswer(known.status());
  if (known->has_value()) return Refused("email", kEmailTaken);
  auto account = NewOwner(email, context.Now(), *context.random);
  if (!account.ok()) return ErrorAnswer(account.status());
  auto hash = context.passwords->Hash(password);
  if (!hash.ok()) return ErrorAnswer(hash.status());
  made.account = *std::move(account);
  made.password_hash = *std::move(hash);
  const Status created = context.directory->CreateAccount(made);
  if (created.reason() == Reason::kAlreadyExists) {
    return Refused("email", kEmailTaken);
  }
  if (created.reason() == Reason::kInviteInvalid) {
    return Refused("invite_code", kBadInvite);
  }
  if (!created.ok()) return ErrorAnswer(created);
  JsonWriter body;
  body.BeginObject();
  body.Name("id").String(made.account.id.ToString());
  body.Name("email").String(made.account.email);
  body.Name("created_at").String(ToText(made.account.created_at));
  return JsonAnswer(201, body.EndObject().Take());
}

HttpResponse Login(const Context& context, const Call& call) {
  Form form(call.request);
  // Any text may be tried: whether it is an address shows in no other way
  // than whether it has an account.
  TextRule any;
  any.max_characters = kMaxEmailSize;
  const std::string email = NormalizedEmail(form.Text("email", any));
  TextRule as_it_is;
  as_it_is.trim = false;
  const std::string password = form.Text("password", as_it_is);
  if (!context.passwords->IsPossible(password)) {
    form.Refuse("password", context.passwords->Objections(password));
  }
  if (auto refusal = form.Refusal()) return *std::move(refusal);
  for (const auto& [limiter, name] :
       {std::pair(context.limiters->passwords_by_account.get(), &email),
        std::pair(context.limiters->passwords_by_address.get(),
                  &call.client)}) {
    if (auto wait = limiter->Blocked(*name)) return ThrottledAnswer(*wait);
  }
  const auto checked = CheckPassword(context, email, password);
  if (!checked.ok()) return ErrorAnswer(checked.status());
  if (auto wait = CountPassword(context, email, call.client, checked->right)) {
    return ThrottledAnswer(*wait);
  }
  if (!checked->right) return NoSignIn(context, checked->refusal);
  Strengthen(context, checked->stored, password);
  return StartSession(context, checked->stored);
}

HttpResponse Me(const Context& context, const Call& call) {
  const std::optional<Account> account =
      context.directory->FindAccount(call.principal->subject());
  if (!account.has_value()) return ErrorAnswer(Status(Reason::kInternal));
  JsonWriter body;
  WriteUser(body, *account);
  return JsonAnswer(200, body.Take());
}

}  // namespace clone_auth::service
