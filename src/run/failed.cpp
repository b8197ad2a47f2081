#include "failed.hpp"

#include <fmt/format.h>

#include "omsctl/base/text.hpp"

namespace omsctl::run {
namespace {

constexpr std::size_t longest_line =
    1000;  // bytes; a program may print megabytes without a line end

}  // namespace

base::Error failed(const std::string& message,
                   const std::string& output,
                   const std::string& hint,
                   std::size_t shown) {
  base::Error error(base::Code::stopped, message, hint);
  for (const std::string& line : base::last_lines(output, shown))
    error.add_context(base::shortened(line, longest_line));
  return error;
}

void host_failed(const std::string& host, const std::string& what, const remote::Result& result) {
  throw failed(fmt::format("{}: {}: {}", host, what, remote::describe(result)),
               result.out + result.err);
}

}  // namespace omsctl::run
