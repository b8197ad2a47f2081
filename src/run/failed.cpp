#include "failed.hpp"

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

}  // namespace omsctl::run
