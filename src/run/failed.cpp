#include "failed.hpp"

#include <fmt/format.h>

#include "omsctl/base/text.hpp"

namespace omsctl::run {

base::Error failed(const std::string& message,
                   const std::string& output,
                   const std::string& hint,
                   std::size_t shown) {
  base::Error error(base::Code::stopped, message, hint);
  for (const std::string& line : base::last_lines(output, shown))
    error.add_context(line);
  return error;
}

void host_failed(const std::string& host, const std::string& what, const remote::Result& result) {
  throw failed(fmt::format("{}: {}: {}", host, what, remote::describe(result)),
               result.out + result.err);
}

}  // namespace omsctl::run
