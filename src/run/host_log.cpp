#include "host_log.hpp"

#include <fmt/format.h>

#include "omsctl/base/error.hpp"

namespace omsctl::run {

void keep_log(const std::string& host,
              const std::string& text,
              Workbench& bench,
              const StepContext& step) {
  try {
    bench.directory.log(host, text);
  } catch (const base::Error& error) {
    step.note(fmt::format("what hosts print is not kept any more: {}", error.what()));
  }
}

}  // namespace omsctl::run
