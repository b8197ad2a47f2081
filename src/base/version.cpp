#include "omsctl/base/version.hpp"

namespace omsctl::base {

std::string_view version() noexcept {
  return OMSCTL_VERSION;
}

}  // namespace omsctl::base
