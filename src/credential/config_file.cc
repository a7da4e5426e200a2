#include "credential/config_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <exception>
#include <optional>
#include <system_error>
#include <utility>

#include "base/macros.h"
#include "base/url.h"
#include "credential/private_file.h"

namespace clone_auth {
namespace {

constexpr std::size_t kMaxFile = 64 * 1024;

struct ConfigText {
  std::string text;
  bool is_private = false;
};

Status Malformed(const std::string& where, const std::string& what) {
  return Status(Reason::kConfigMalformed, where + ": " + what);
}

std::string At(const std::string& path, const YAML::Mark& mark) {
  return mark.is_null() ? path : path + ":" + std::to_string(mark.line + 1);
}

Result<std::optional<ConfigText>> ReadText(const std::string& path) {
  const FileDescriptor file(
      open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<ConfigText>();
    return Malformed(path, std::generic_category().message(errno));
  }
  struct stat info {};
  if (fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return Malformed(path, "is no regular file");
  }
  ConfigText config;
  config.is_private = (info.st_mode & 077) == 0 &&
                      (info.st_uid == geteuid() || info.st_uid == 0);
  config.text.resize(kMaxFile + 1);
  std::size_t size = 0;
  while (size < config.text.size()) {
    const ssize_t got =
        read(file.get(), config.text.data() + size, config.text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Malformed(path, std::generic_category().message(errno));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > kMaxFile) return Malformed(path, "is larger than 64 KiB");
  config.text.resize(size);
  return std::optional<ConfigText>(std::move(config));
}

// The text of one setting; empty where it is not set.
Result<std::string> Setting(const YAML::Node& value, const std::string& name,
                            const std::string& path) {
  if (value.IsNull()) return std::string();
  if (!value.IsScalar()) {
    return Malformed(At(path, value.Mark()), name + " must be a text");
  }
  return value.Scalar();
}

Result<CloudConfig> ReadCloud(const YAML::Node& cloud,
                              const std::string& path) {
  CloudConfig config;
  if (!cloud.IsDefined() || cloud.IsNull()) return config;
  if (!cloud.IsMap()) {
    return Malformed(At(path, cloud.Mark()), "cloud must hold url and api_key");
  }
  bool has_url = false;
  bool has_key = false;
  for (const auto& entry : cloud) {
    if (!entry.first.IsScalar()) continue;
    const std::string& name = entry.first.Scalar();
    const bool is_url = name == "url";
    if (!is_url && name != "api_key") continue;
    const std::string where = At(path, entry.first.Mark());
    if (std::exchange(is_url ? has_url : has_key, true)) {
      return Malformed(where, "cloud." + name + " stands there twice");
    }
    CLONE_AUTH_ASSIGN_OR_RETURN(std::string text,
                                Setting(entry.second, "cloud." + name, path));
    if (is_url) {
      if (!text.empty() && !ParseUrl(text).ok()) {
        return Malformed(where, "cloud.url must be an http or https URL");
      }
      config.url = std::move(text);
    } else {
      config.api_key = Secret::CopyOf(text);
      config.origin = where;
      WipeBytes(text.data(), text.size());
    }
  }
  return config;
}

// yaml-cpp throws; nothing of that leaves here.
Result<CloudConfig> ParseConfig(const std::string& text,
                                const std::string& path) {
  try {
    const YAML::Node root = YAML::Load(text);
    if (root.IsNull()) return CloudConfig();
    if (!root.IsMap()) return Malformed(path, "must hold settings by name");
    return ReadCloud(root["cloud"], path);
  } catch (const YAML::Exception& failure) {
    return Malformed(At(path, failure.mark), "is not valid YAML");
  } catch (const std::exception&) {
    return Malformed(path, "cannot be read as YAML");
  }
}

}  // namespace

Result<CloudConfig> ReadCloudConfig(const std::string& path) {
  CLONE_AUTH_ASSIGN_OR_RETURN(auto file, ReadText(path));
  if (!file) return CloudConfig();
  auto config = ParseConfig(file->text, path);
  WipeBytes(file->text.data(), file->text.size());
  if (config.ok() && !config->api_key.empty() && !file->is_private) {
    return Status(
        Reason::kFileInsecure,
        config->origin + ": others may read cloud.api_key; set mode 0600");
  }
  return config;
}

}  // namespace clone_auth
