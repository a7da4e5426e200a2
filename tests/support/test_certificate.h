#pragma once

#include <chrono>
#include <string>

namespace clone_auth::testing {

/// A self-signed certificate with its key, both as PEM.
struct TestCertificate {
  std::string certificate;
  std::string key;
};

/// For `host`, a DNS name or an IPv4 address, valid for `lifetime` from now;
/// a negative one makes it expired already.
TestCertificate MakeTestCertificate(
    const std::string& host,
    std::chrono::seconds lifetime = std::chrono::hours(1));

/// A file that exists as long as this object does.
class TestFile {
 public:
  explicit TestFile(const std::string& content);
  ~TestFile();
  TestFile(const TestFile&) = delete;
  TestFile& operator=(const TestFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace clone_auth::testing
