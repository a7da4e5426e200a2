#include "clone/foreign_api_key.h"

#include "apikey/hash_text.h"
#include "crypto/constant_time.h"
#include "crypto/sha256.h"

namespace clone_auth {
namespace {

struct FormRow {
  ForeignKeyForm form;
  std::string_view word;
};

constexpr std::array kForms = {
    FormRow{ForeignKeyForm::kSha256, "sha256"},
    FormRow{ForeignKeyForm::kDjangoSha512, "django-sha512"},
    FormRow{ForeignKeyForm::kDjangoPbkdf2, "django-pbkdf2"},
    FormRow{ForeignKeyForm::kSeam, "seam"},
};

constexpr std::size_t kNone = std::string_view::npos;

/// prefix_short_long: the secret is behind the last '_'.
std::string_view SeamSecret(std::string_view key) {
  return key.substr(key.rfind('_') + 1);
}

std::string_view SeamHandle(std::string_view key) {
  const std::size_t first = key.find('_');
  const std::size_t second = first == kNone ? kNone : key.find('_', first + 1);
  if (second == kNone || SeamSecret(key).empty()) return {};
  return key.substr(first + 1, second - first - 1);
}

std::string_view DjangoHandle(std::string_view key) {
  const std::size_t dot = key.find('.');
  return dot == kNone || dot + 1 == key.size() ? std::string_view()
                                               : key.substr(0, dot);
}

}  // namespace

std::string_view ToString(ForeignKeyForm form) {
  for (const FormRow& row : kForms) {
    if (row.form == form) return row.word;
  }
  return {};
}

Result<ForeignKeyForm> ParseForeignKeyForm(std::string_view word) {
  for (const FormRow& row : kForms) {
    if (row.word == word) return row.form;
  }
  return Status(Reason::kHashUnsupported);
}

Result<ForeignKeyHash> ForeignKeyHash::Parse(ForeignKeyForm form,
                                             std::string_view text) {
  ForeignKeyHash hash(form);
  const Status unsupported(Reason::kHashUnsupported);
  if (form == ForeignKeyForm::kSha256 || form == ForeignKeyForm::kSeam) {
    const bool read =
        ReadHex(text, hash.sha256_) || (form == ForeignKeyForm::kSha256 &&
                                        ReadBase64Url32(text, hash.sha256_));
    if (!read) return unsupported;
    return hash;
  }
  auto django = DjangoHash::Parse(text);
  if (!django.ok()) return django.status();
  if (django->IsCostly() != hash.IsCostly()) return unsupported;
  hash.django_ = *std::move(django);
  return hash;
}

std::optional<ApiKeyDigest> ForeignKeyHash::digest() const {
  if (form_ != ForeignKeyForm::kSha256) return std::nullopt;
  return sha256_;
}

bool ForeignKeyHash::Matches(std::string_view key) const {
  if (django_.has_value()) return django_->Matches(key);
  if (form_ == ForeignKeyForm::kSeam) key = SeamSecret(key);
  return ConstantTimeEquals(Sha256(key), sha256_);
}

std::string_view ForeignKeyHandle(ForeignKeyForm form, std::string_view key) {
  switch (form) {
    case ForeignKeyForm::kDjangoSha512:
    case ForeignKeyForm::kDjangoPbkdf2:
      return DjangoHandle(key);
    case ForeignKeyForm::kSeam:
      return SeamHandle(key);
    case ForeignKeyForm::kSha256:
      break;
  }
  return {};
}

}  // namespace clone_auth
