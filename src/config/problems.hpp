/// The problems of one config.yaml, collected with the line they are on.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "omsctl/config/settings.hpp"

#include "document.hpp"

namespace omsctl::config {

/// Collects problems of a text; secrets never reach an excerpt.
class Problems {
 public:
  /// `text` without byte order mark.
  Problems(const std::string& text, Origin origin);

  void error(Place place, std::string message, std::string hint);
  void warning(Place place, std::string message, std::string hint);
  /// What only an operator's target must obey: a warning in a deployed file.
  void rule(Place place, std::string message, std::string hint);
  /// About the file as a whole.
  void error(std::string message, std::string hint);
  void warning(std::string message, std::string hint);

  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
  [[nodiscard]] Origin origin() const { return origin_; }
  [[nodiscard]] std::size_t error_count() const { return errors_; }
  /// All problems in the order of the lines, each once.
  [[nodiscard]] std::vector<Problem> take();

 private:
  void add(bool is_error, Place place, std::string message, std::string hint);
  /// Counts one more, and tells whether it is one too many to be kept.
  bool is_full(bool is_error);

  std::vector<std::string> lines_;
  std::vector<std::string> shown_;
  Origin origin_;
  std::vector<Problem> problems_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
};

}  // namespace omsctl::config
