#include "credential/token_form.h"

#include <cstddef>
#include <string_view>
#include <utility>

#include "base/base64url.h"
#include "base/url.h"
#include "base/wiped_text.h"

namespace clone_auth {
namespace {

// Bytes beside the values: names, '&', '='.
constexpr std::size_t kFieldRoom = 64;

// What is encoded may be a secret, so no copy of it stays behind.
void AddEncoded(std::string_view value, std::string& text) {
  std::string encoded = EncodeUrlComponent(value);
  text += encoded;
  WipeText(encoded);
}

std::string FormOf(const std::vector<FormField>& fields) {
  std::size_t size = 0;
  for (const FormField& field : fields) {
    size += kFieldRoom + 3 * field.value.size();
  }
  std::string form;
  form.reserve(size);
  for (const FormField& field : fields) {
    if (field.value.empty()) continue;
    if (!form.empty()) form += '&';
    form.append(field.name).append("=");
    AddEncoded(field.value, form);
  }
  return form;
}

// Both halves are encoded as in a form first (RFC 6749 section 2.3.1).
std::string BasicHeader(const TokenClient& client) {
  std::string pair;
  pair.reserve(3 * (client.client_id.size() + client.client_secret->size()) +
               1);
  AddEncoded(client.client_id, pair);
  pair += ':';
  AddEncoded(client.client_secret->Reveal(), pair);
  const Secret plain = Secret::CopyOf(pair);
  WipeText(pair);
  const Secret encoded = Base64UrlEncodeSecret(plain);
  std::string header = "Basic ";
  for (const char c : encoded.Reveal()) {
    header += c == '-' ? '+' : c == '_' ? '/' : c;
  }
  return header.append((4 - encoded.size() % 4) % 4, '=');
}

}  // namespace

Status TokenClient::Validate() const {
  const bool has_secret = client_secret != nullptr && !client_secret->empty();
  if (has_secret == (authentication != ClientAuthentication::kNone)) {
    return Status();
  }
  return Status(Reason::kInvalidArgument,
                has_secret ? "a client with a secret says how it is sent"
                           : "this way to authenticate takes a secret");
}

HttpRequest TokenFormRequest(const std::string& url, const TokenClient& client,
                             std::vector<FormField> fields) {
  HttpRequest request;
  request.method = "POST";
  request.target = url;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                     {"Accept", "application/json"}};
  if (client.authentication == ClientAuthentication::kBasic) {
    request.headers.Add("Authorization", BasicHeader(client));
  } else {
    fields.push_back({"client_id", client.client_id});
  }
  if (client.authentication == ClientAuthentication::kPost) {
    fields.push_back({"client_secret", client.client_secret->Reveal()});
  }
  fields.push_back({"resource", client.resource});
  request.body = FormOf(fields);
  return request;
}

}  // namespace clone_auth
