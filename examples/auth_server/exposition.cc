#include "exposition.h"

#include <charconv>

namespace auth_server {
namespace {

std::string_view NameOf(Exposition::Type type) {
  switch (type) {
    case Exposition::Type::kCounter:
      return "counter";
    case Exposition::Type::kGauge:
      return "gauge";
    case Exposition::Type::kHistogram:
      break;
  }
  return "histogram";
}

void AppendEscaped(std::string_view value, std::string& text) {
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
}

}  // namespace

void Exposition::Family(std::string_view name, Type type,
                        std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help).append("\n");
  text_.append("# TYPE ").append(name).append(" ").append(NameOf(type));
  text_ += '\n';
}

void Exposition::Sample(std::string_view suffix, Labels labels, double value) {
  text_.append(name_).append(suffix);
  char before = '{';
  for (const auto& [name, label] : labels) {
    text_ += before;
    text_.append(name).append("=\"");
    AppendEscaped(label, text_);
    text_ += '"';
    before = ',';
  }
  if (labels.size() != 0) text_ += '}';
  text_.append(" ").append(NumberText(value)).append("\n");
}

void Exposition::Single(std::string_view name, Type type, std::string_view help,
                        double value) {
  Family(name, type, help);
  Sample({}, value);
}

std::string NumberText(double value) {
  // The longest double has 309 digits before its point.
  char digits[352];
  const auto end = std::to_chars(digits, digits + sizeof digits, value,
                                 std::chars_format::fixed)
                       .ptr;
  return std::string(digits, end);
}

}  // namespace auth_server
