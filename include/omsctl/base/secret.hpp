/// A value that must never be shown: its type is its redaction.
#pragma once

#include <string>
#include <utility>

#include <fmt/format.h>

namespace omsctl::base {

/// A password or key. Prints as "[redacted]" wherever it is formatted; the text itself leaves only
/// through reveal(), so a search for that word finds every place that handles a secret.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& reveal() const noexcept { return text_; }
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  [[nodiscard]] bool operator==(const Secret&) const = default;

 private:
  std::string text_;
};

}  // namespace omsctl::base

template <>
struct fmt::formatter<omsctl::base::Secret> : fmt::formatter<std::string_view> {
  template <typename Context>
  auto format(const omsctl::base::Secret&, Context& context) const {
    return fmt::formatter<std::string_view>::format("[redacted]", context);
  }
};
