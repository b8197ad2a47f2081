#include "plan_file.hpp"

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/plan/codec.hpp"

namespace omsctl::cli {

plan::Plan read_plan(const std::filesystem::path& file) {
  const std::string text = base::read_file(file);
  try {
    return plan::decode(text);
  } catch (const base::Error& error) {
    throw base::Error(
        error.code(), fmt::format("{}: {}", file.string(), error.what()), error.hint());
  }
}

}  // namespace omsctl::cli
