// API keys as text, schemes, and the verifier in front of a store.

#include "clone/api_key.h"

#include <string>
#include <utility>

#include "clone/api_key_store.h"
#include "clone/api_key_verifier.h"
#include "clone/testing/fake_clock.h"
#include "fuzz/target.h"

namespace clone_auth::fuzz {
namespace {

constexpr std::string_view kGood =
    "clone_u000000000000abcdefghijklmnopqrstuvwxyz0123451CqKWU";

class World {
 public:
  World() {
    ApiKeyRecord record;
    record.digest = DigestApiKey(kGood);
    Require(store_.Insert(record).ok(), "the store takes a key");
    Require(ParseApiKey(scheme_, kGood).ok() && verifier_.Verify(kGood).ok(),
            "the key in the store is good");
  }

  const ApiKeyScheme& scheme() const { return scheme_; }
  const ApiKeyVerifier& verifier() const { return verifier_; }

 private:
  ApiKeyScheme scheme_;
  testing::FakeClock clock_;
  InMemoryApiKeyStore store_;
  ApiKeyVerifier verifier_ =
      ApiKeyVerifier::Create(scheme_, &store_, &clock_).value();
};

void CheckParsed(const ApiKeyScheme& scheme, std::string_view text,
                 const ParsedApiKey& key) {
  Require(text.size() <= kApiKeyMaxSize && scheme.Matches(text),
          "a key has the scheme's prefix and a bounded length");
  Require(key.display_prefix == text.substr(0, key.display_prefix.size()),
          "what is displayed is the start of the key");
  const bool whole = text.size() == scheme.prefix.size() + kApiKeyBodySize;
  Require(key.has_checksum == whole, "51 characters have a checksum");
  if (!whole) {
    Require(key.display_prefix == scheme.prefix && key.public_id.empty(),
            "nothing of an older key is displayed");
    return;
  }
  Require(
      key.display_prefix.size() == scheme.prefix.size() + 1 + kApiKeyIdSize &&
          key.public_id.size() == kApiKeyIdSize,
      "kind and id are displayed, and nothing of the secret");
  std::string typo(text);
  for (std::size_t i = scheme.prefix.size(); i < typo.size(); ++i) {
    typo[i] = text[i] == '0' ? '1' : '0';
    Require(!ParseApiKey(scheme, typo).ok(), "the checksum finds every typo");
    typo[i] = text[i];
  }
}

// `text` is a prefix, a line feed and the name of a header.
void CheckScheme(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return;
  const ApiKeyScheme scheme{std::string(text.substr(0, end)),
                            std::string(text.substr(end + 1))};
  if (!scheme.Validate().ok()) return;
  Require(scheme.prefix.size() >= 3 && scheme.prefix.size() <= 17 &&
              scheme.prefix.find('_') == scheme.prefix.size() - 1,
          "a prefix ends at its one underscore");
  Require(!scheme.header.empty() && scheme.header.size() <= 64 &&
              scheme.header.find_first_of(": \t\r\n") == std::string::npos &&
              scheme.header.find('\0') == std::string::npos,
          "a header's name is a token");
}

}  // namespace

void Run(std::string_view input) {
  static const World world;
  const auto key = ParseApiKey(world.scheme(), input);
  if (key.ok()) CheckParsed(world.scheme(), input, *key);
  const auto verified = world.verifier().Verify(input);
  Require(verified.ok() == (input == kGood), "one text is the stored key");
  if (!key.ok()) {
    Require(verified.status().reason() == Reason::kKeyMalformed ||
                verified.status().reason() == Reason::kKeyUnknown,
            "what is no key is refused as that");
  }
  CheckScheme(input);
}

}  // namespace clone_auth::fuzz
