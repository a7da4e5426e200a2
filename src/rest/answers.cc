#include "rest/answers.h"

#include <string>
#include <string_view>
#include <utility>

#include "base/macros.h"

namespace clone_auth {
namespace {

Status Malformed(const std::string& what) {
  return Status(Reason::kAnswerMalformed, "in the answer, " + what);
}

// Reads members of one object and keeps the first thing that was wrong.
class Reader {
 public:
  Reader(const JsonValue& value, std::string_view name) : value_(value) {
    if (value.AsObject() == nullptr) {
      status_ = Malformed(std::string(name) + " is not an object");
    }
  }

  /// Empty where absent or null.
  std::string Text(std::string_view name) {
    const std::string* const text = FindText(name);
    return text == nullptr ? std::string() : *text;
  }

  Secret SecretText(std::string_view name) {
    const std::string* const text = FindText(name);
    return text == nullptr ? Secret() : Secret::CopyOf(*text);
  }

  Secret NeededSecretText(std::string_view name) {
    Secret text = SecretText(name);
    if (text.empty()) Fail(name, "is missing");
    return text;
  }

  std::string NeededText(std::string_view name) {
    std::string text = Text(name);
    if (text.empty()) Fail(name, "is missing");
    return text;
  }

  /// A text, or a number as its digits.
  std::string Id(std::string_view name) {
    const JsonValue* const member = Member(name);
    if (member != nullptr && member->AsInt() != nullptr) {
      return std::to_string(*member->AsInt());
    }
    return NeededText(name);
  }

  std::int64_t NeededInt(std::string_view name) {
    const JsonValue* const member = Member(name);
    if (member != nullptr && member->AsInt() != nullptr) {
      return *member->AsInt();
    }
    Fail(name, "is not an integer");
    return 0;
  }

  /// False where absent or null.
  bool Bool(std::string_view name) {
    const JsonValue* const member = Member(name);
    if (member == nullptr) return false;
    if (member->AsBool() != nullptr) return *member->AsBool();
    Fail(name, "is not true or false");
    return false;
  }

  std::vector<std::string> Texts(std::string_view name) {
    const JsonValue* const member = Member(name);
    if (member == nullptr) return {};
    std::vector<std::string> texts;
    const JsonValue::Array* const list = member->AsArray();
    if (list == nullptr) Fail(name, "is not a list");
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      const std::string* const text = (*list)[i].AsString();
      if (text == nullptr) {
        Fail(name, "is not a list of strings");
        break;
      }
      texts.push_back(*text);
    }
    return texts;
  }

  /// Null where absent or null.
  const JsonValue* Member(std::string_view name) const {
    const JsonValue* const member = value_.Find(name);
    return member == nullptr || member->IsNull() ? nullptr : member;
  }

  void Fail(std::string_view name, const char* what) {
    if (status_.ok()) {
      status_ = Malformed("'" + std::string(name) + "' " + what);
    }
  }

  const Status& status() const { return status_; }

 private:
  // Null where absent or null, and where it is no string, which is a fault.
  const std::string* FindText(std::string_view name) {
    const JsonValue* const member = Member(name);
    if (member == nullptr) return nullptr;
    if (member->AsString() == nullptr) Fail(name, "is not a string");
    return member->AsString();
  }

  const JsonValue& value_;
  Status status_;
};

// The value, unless something was wrong with what it was read from.
template <typename T>
Result<T> Checked(const Reader& reader, T value) {
  if (!reader.status().ok()) return reader.status();
  return value;
}

}  // namespace

Result<User> ReadUser(const JsonValue& body) {
  Reader reader(body, "the user");
  User user{reader.Id("id"), reader.Text("email"), std::nullopt,
            reader.Text("role")};
  if (const JsonValue* const member = reader.Member("organization")) {
    Reader organization(*member, "'organization'");
    user.organization =
        Organization{organization.Id("id"), organization.Text("name")};
    CLONE_AUTH_RETURN_IF_ERROR(organization.status());
  }
  return Checked(reader, std::move(user));
}

Result<Account> ReadAccount(const JsonValue& body) {
  const JsonValue* const nested = body.Find("user");
  Reader reader(nested != nullptr ? *nested : body, "the account");
  return Checked(reader, Account{reader.Id("id"), reader.Text("email"),
                                 reader.Text("created_at")});
}

Result<SessionTokens> ReadTokens(const JsonValue& body) {
  Reader reader(body, "the body");
  SessionTokens tokens;
  tokens.access = reader.NeededSecretText("access");
  tokens.refresh = reader.SecretText("refresh");
  return Checked(reader, std::move(tokens));
}

Result<SignedIn> ReadSignedIn(const JsonValue& body) {
  SignedIn signed_in;
  CLONE_AUTH_ASSIGN_OR_RETURN(signed_in.tokens, ReadTokens(body));
  const JsonValue* const member = body.Find("user");
  if (member != nullptr && !member->IsNull()) {
    CLONE_AUTH_ASSIGN_OR_RETURN(signed_in.user, ReadUser(*member));
  }
  return signed_in;
}

Result<ApiKeyInfo> ReadApiKeyInfo(const JsonValue& body) {
  Reader reader(body, "the key");
  ApiKeyInfo info;
  info.id = reader.Id("id");
  info.label = reader.Text("label");
  info.prefix = reader.Text("prefix");
  info.created_at = reader.Text("created_at");
  info.last_used_at = reader.Text("last_used_at");
  info.expires_at = reader.Text("expires_at");
  info.revoked_at = reader.Text("revoked_at");
  info.scope = reader.Text("scope");
  info.permissions = reader.Texts("permissions");
  info.expires_soon = reader.Bool("expires_soon");
  info.rolled_from = reader.Text("rolled_from");
  info.rolled_to = reader.Text("rolled_to");
  return Checked(reader, std::move(info));
}

Result<IssuedApiKey> ReadIssuedApiKey(const JsonValue& body) {
  IssuedApiKey issued;
  CLONE_AUTH_ASSIGN_OR_RETURN(issued.info, ReadApiKeyInfo(body));
  Reader reader(body, "the key");
  issued.key = reader.NeededSecretText("key");
  return Checked(reader, std::move(issued));
}

Result<ApiKeyPage> ReadApiKeyPage(const JsonValue& body) {
  ApiKeyPage page;
  const JsonValue::Array* keys = body.AsArray();
  if (keys != nullptr) {
    page.count = static_cast<std::int64_t>(keys->size());
  } else {
    Reader reader(body, "the page");
    page.count = reader.NeededInt("count");
    page.next = reader.Text("next");
    page.previous = reader.Text("previous");
    const JsonValue* const results = reader.Member("results");
    keys = results != nullptr ? results->AsArray() : nullptr;
    if (keys == nullptr) reader.Fail("results", "is not a list");
    CLONE_AUTH_RETURN_IF_ERROR(reader.status());
  }
  for (const JsonValue& key : *keys) {
    CLONE_AUTH_ASSIGN_OR_RETURN(ApiKeyInfo info, ReadApiKeyInfo(key));
    page.results.push_back(std::move(info));
  }
  return page;
}

Result<AuditPage> ReadAuditPage(const JsonValue& body) {
  Reader reader(body, "the page");
  AuditPage page;
  page.count = reader.NeededInt("count");
  page.next = reader.Text("next");
  const JsonValue* const results = reader.Member("results");
  if (results == nullptr || results->AsArray() == nullptr) {
    reader.Fail("results", "is not a list");
  }
  CLONE_AUTH_RETURN_IF_ERROR(reader.status());
  for (const JsonValue& row : *results->AsArray()) {
    Reader entry(row, "the row");
    page.results.push_back({entry.NeededInt("sequence"), entry.Text("time"),
                            entry.NeededText("action"), entry.Text("key"),
                            entry.Text("actor"), entry.Text("address"),
                            entry.Text("detail")});
    CLONE_AUTH_RETURN_IF_ERROR(entry.status());
  }
  return page;
}

Result<bool> ReadValidity(const JsonValue& body) {
  Reader reader(body, "the body");
  const JsonValue* const valid = reader.Member("valid");
  const bool* const value = valid != nullptr ? valid->AsBool() : nullptr;
  if (value == nullptr) reader.Fail("valid", "is not true or false");
  return Checked(reader, value != nullptr && *value);
}

}  // namespace clone_auth
