#include "clone/bearer_challenge.h"

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace clone_auth {
namespace {

constexpr std::string_view kBlanks = " \t";

// Reads one field value from its front to its end.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool AtEnd() const { return text_.empty(); }

  void Skip(std::string_view characters) {
    const std::size_t first = text_.find_first_not_of(characters);
    text_.remove_prefix(first == text_.npos ? text_.size() : first);
  }

  bool Take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  /// Up to what cannot be part of a token, scheme or token68.
  std::string_view Word() {
    const std::string_view word =
        text_.substr(0, text_.find_first_of(" \t,=\""));
    text_.remove_prefix(word.size());
    return word;
  }

  /// A token or a quoted-string.
  std::string Value() {
    if (!Take('"')) return std::string(Word());
    std::string value;
    while (!AtEnd() && !Take('"')) {
      Take('\\');
      if (AtEnd()) break;
      value += text_.front();
      text_.remove_prefix(1);
    }
    return value;
  }

 private:
  std::string_view text_;
};

struct Parameter {
  std::string_view name;
  std::string BearerChallenge::*member;
};

constexpr std::array kParameters = {
    Parameter{"resource_metadata", &BearerChallenge::resource_metadata},
    Parameter{"scope", &BearerChallenge::scope},
    Parameter{"error", &BearerChallenge::error},
};

void Keep(std::string_view name, std::string value,
          BearerChallenge& challenge) {
  for (const Parameter& parameter : kParameters) {
    std::string& member = challenge.*parameter.member;
    if (EqualsIgnoreAsciiCase(name, parameter.name) && member.empty()) {
      member = std::move(value);
      return;
    }
  }
}

// A word that no '=' follows is a scheme, and what stands behind it is its
// own until the next one.
void ReadField(std::string_view field, BearerChallenge& challenge) {
  Reader reader(field);
  bool is_ours = false;
  for (reader.Skip(" \t,"); !reader.AtEnd(); reader.Skip(" \t,")) {
    const std::string_view word = reader.Word();
    reader.Skip(kBlanks);
    if (reader.Take('=')) {
      reader.Skip(kBlanks);
      std::string value = reader.Value();
      if (is_ours) Keep(word, std::move(value), challenge);
    } else if (word.empty()) {
      reader.Value();  // a text without a name
    } else {
      is_ours = EqualsIgnoreAsciiCase(word, "Bearer") ||
                EqualsIgnoreAsciiCase(word, "DPoP");
    }
  }
}

}  // namespace

BearerChallenge ReadBearerChallenge(const HttpHeaders& headers) {
  BearerChallenge challenge;
  for (const HttpHeader& header : headers) {
    if (EqualsIgnoreAsciiCase(header.name, "WWW-Authenticate")) {
      ReadField(header.value, challenge);
    }
  }
  return challenge;
}

}  // namespace clone_auth
