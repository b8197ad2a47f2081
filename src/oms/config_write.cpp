#include "omsctl/oms/config_write.hpp"

namespace omsctl::oms {

remote::Call replace_content(const std::string& container,
                             const std::string& path,
                             const std::string& source,
                             const std::string& before,
                             const std::string& after) {
  return {"replace_content", {container, path, source, before, after}};
}

ConfigRead parse_read_config(const std::string& printed) {
  const std::size_t line = printed.find('\n');
  if (line == std::string::npos)
    return {};
  return {printed.substr(0, line) == "half", printed.substr(line + 1)};
}

remote::Call reserve_room(const std::string& path, std::size_t bytes) {
  return {"reserve_room", {path, std::to_string(bytes)}};
}

remote::Call reserve_content(const std::string& path, std::size_t bytes) {
  return {"reserve_content", {path, std::to_string(bytes)}};
}

}  // namespace omsctl::oms
