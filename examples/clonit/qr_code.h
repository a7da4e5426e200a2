#pragma once

// QR codes (ISO/IEC 18004) out of the half blocks that terminals have.

#include <cstddef>
#include <string>
#include <vector>

namespace clonit {

enum class QrInk {
  kDark,   ///< blocks are the code's dark modules
  kLight,  ///< blocks are its light ones, for a dark terminal
};

/// The lines of a code that says `text`, with a margin of two modules; none
/// where it would take more than `width` columns.
std::vector<std::string> QrCode(const std::string& text, std::size_t width,
                                QrInk ink);

}  // namespace clonit
