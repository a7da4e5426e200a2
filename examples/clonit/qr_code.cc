#include "qr_code.h"

#include <qrencode.h>

#include <memory>

namespace clonit {
namespace {

constexpr int kMargin = 2;

class Modules {
 public:
  Modules(const QRcode& code, QrInk ink) : code_(code), ink_(ink) {}

  /// Columns and rows, with the margin.
  int size() const { return code_.width + 2 * kMargin; }

  /// Whether there is a block.
  bool At(int x, int y) const {
    // Below an odd number of rows there is nothing, which is light.
    return IsDark(x - kMargin, y - kMargin) == (ink_ == QrInk::kDark);
  }

 private:
  bool IsDark(int x, int y) const {
    if (x < 0 || y < 0 || x >= code_.width || y >= code_.width) return false;
    return (code_.data[y * code_.width + x] & 1) != 0;
  }

  const QRcode& code_;
  QrInk ink_;
};

}  // namespace

std::vector<std::string> QrCode(const std::string& text, std::size_t width,
                                QrInk ink) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_L), QRcode_free);
  if (code == nullptr) return {};
  const Modules modules(*code, ink);
  if (static_cast<std::size_t>(modules.size()) > width) return {};
  constexpr const char* kBlocks[2][2] = {{" ", "▄"}, {"▀", "█"}};
  std::vector<std::string> lines;
  for (int y = 0; y < modules.size(); y += 2) {
    std::string& line = lines.emplace_back();
    for (int x = 0; x < modules.size(); ++x) {
      line += kBlocks[modules.At(x, y)][modules.At(x, y + 1)];
    }
  }
  return lines;
}

}  // namespace clonit
