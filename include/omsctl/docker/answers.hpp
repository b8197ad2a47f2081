/// What docker prints as JSON, read.
#pragma once

#include <string>
#include <vector>

#include "omsctl/docker/container.hpp"
#include "omsctl/docker/image.hpp"

namespace omsctl::docker {

/// Reads the array that `docker inspect CONTAINER…` prints. Throws Error{remote} on anything else.
[[nodiscard]] std::vector<Container> parse_containers(const std::string& inspect_output);
/// The same of `docker image inspect IMAGE…`.
[[nodiscard]] std::vector<Image> parse_images(const std::string& inspect_output);

}  // namespace omsctl::docker
