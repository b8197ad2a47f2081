/// SHA-256, in one go or fed piece by piece.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace omsctl::base {

/// A running SHA-256.
class Sha256 {
 public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  void update(std::string_view data);
  /// 64 lower-case hex digits. The object can be fed no more afterwards.
  [[nodiscard]] std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] std::string sha256(std::string_view data);

}  // namespace omsctl::base
