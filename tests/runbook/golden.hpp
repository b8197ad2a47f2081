/// Texts that a plan must not change by accident.
#pragma once

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "omsctl/base/files.hpp"

namespace omsctl::tests {

/// Compares with a file under tests/golden; `cmake --build … --target update_golden` writes them
/// anew.
inline void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(OMSCTL_SOURCE_DIR) + "/tests/golden/" + name;
  if (std::getenv("OMSCTL_UPDATE_GOLDEN") != nullptr)
    base::write_file(path, text, {0644});
  EXPECT_EQ(base::read_file(path), text) << name;
}

}  // namespace omsctl::tests
