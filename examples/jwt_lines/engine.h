#pragma once

// Answers requests by one of the library's interfaces.

#include <memory>
#include <string>

#include "request.h"

namespace jwt_lines {

class Engine {
 public:
  virtual ~Engine() = default;

  /// The line that answers.
  virtual std::string Verify(const VerifyRequest& request) const = 0;
  virtual std::string Sign(const SignRequest& request) const = 0;
};

/// By the headers for C++.
std::unique_ptr<const Engine> MakeCppEngine();

/// By clone/c.h and the shared library alone.
std::unique_ptr<const Engine> MakeCEngine();

}  // namespace jwt_lines
