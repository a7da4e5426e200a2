#pragma once

// The text format of Prometheus, version 0.0.4.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace auth_server {

using Labels =
    std::initializer_list<std::pair<std::string_view, std::string_view>>;

class Exposition {
 public:
  enum class Type { kCounter, kGauge, kHistogram };

  /// Begins a family: the samples after it are of this name, or of this name
  /// and a suffix.
  void Family(std::string_view name, Type type, std::string_view help);
  void Sample(Labels labels, double value) { Sample("", labels, value); }
  void Sample(std::string_view suffix, Labels labels, double value);
  /// A family of one sample without labels.
  void Single(std::string_view name, Type type, std::string_view help,
              double value);

  std::string Take() { return std::move(text_); }

 private:
  std::string name_;
  std::string text_;
};

/// The shortest decimal text that reads back as the same number.
std::string NumberText(double value);

}  // namespace auth_server
