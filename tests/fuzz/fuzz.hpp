/// What the targets share. An invariant that does not hold, and every exception but base::Error,
/// ends the process: libFuzzer then tells which input did it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"

namespace omsctl::fuzz {

inline void require(bool holds, const char* claim) {
  if (holds)
    return;
  std::fprintf(stderr, "does not hold: %s\n", claim);
  std::abort();
}

/// Whether `work` came to its end; an Error that stops it must be of this code.
template <typename Work>
bool succeeds(base::Code code, Work work) {
  try {
    std::forward<Work>(work)();
    return true;
  } catch (const base::Error& error) {
    require(error.code() == code, "the error is of the kind that the header promises");
    return false;
  }
}

inline std::string text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// A directory of this process alone, for readers that take a path.
inline const std::filesystem::path& place() {
  static const base::TempDir directory;
  return directory.path();
}

/// Without fsync, unlike base::write_file().
inline std::filesystem::path write(const char* name, std::string_view content) {
  const std::filesystem::path path = place() / name;
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
  return path;
}

}  // namespace omsctl::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
