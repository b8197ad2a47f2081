#include "plan_file.hpp"

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"

namespace omsctl::cli {

namespace {

/// What `decode` makes of the file.
template <typename Decode>
auto read(const std::filesystem::path& file, const Decode& decode) {
  const std::string text = base::read_file(file);
  try {
    return decode(text);
  } catch (const base::Error& error) {
    throw base::Error(
        error.code(), fmt::format("{}: {}", file.string(), error.what()), error.hint());
  }
}

}  // namespace

plan::Plan read_plan(const std::filesystem::path& file) {
  return read(file, plan::decode);
}

plan::Head read_plan_head(const std::filesystem::path& file) {
  return read(file, plan::head_of);
}

}  // namespace omsctl::cli
