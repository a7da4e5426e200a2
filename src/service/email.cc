#include "service/email.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace clone_auth::service {
namespace {

bool IsAtomCharacter(char c) {
  constexpr std::string_view kSymbols = "!#$%&'*+/=?^_`{|}~-";
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         kSymbols.find(c) != std::string_view::npos;
}

bool IsAtom(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), IsAtomCharacter);
}

bool IsHostLabel(const std::string& text) {
  return !text.empty() && text.size() <= 63 && text.front() != '-' &&
         text.back() != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return c == '-' ||
                  absl::ascii_isalnum(static_cast<unsigned char>(c));
         });
}

bool IsNumber(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
}

}  // namespace

std::string NormalizedEmail(std::string_view email) {
  std::string lower(email);
  absl::AsciiStrToLower(&lower);
  return lower;
}

bool IsEmail(std::string_view email) {
  const std::size_t at = email.rfind('@');
  if (at == std::string_view::npos || at > 64 || email.size() > kMaxEmailSize) {
    return false;
  }
  const std::vector<std::string> atoms =
      absl::StrSplit(std::string(email.substr(0, at)), '.');
  const std::vector<std::string> labels =
      absl::StrSplit(std::string(email.substr(at + 1)), '.');
  return std::all_of(atoms.begin(), atoms.end(), IsAtom) &&
         std::all_of(labels.begin(), labels.end(), IsHostLabel) &&
         labels.size() >= 2 && labels.back().size() >= 2 &&
         !IsNumber(labels.back());
}

}  // namespace clone_auth::service
