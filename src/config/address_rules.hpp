/// The rules of the addresses in config.yaml: oms_meta_host, cm_url, cm_nodes.
#pragma once

#include <string>
#include <vector>

#include "omsctl/config/address.hpp"

#include "key_reader.hpp"
#include "problems.hpp"

namespace omsctl::config {

/// Reports `value` unless it is an address that every node can use.
void check_host(Problems& findings, const std::string& what, const Scalar& value);

[[nodiscard]] CmUrl read_cm_url(KeyReader& read);
[[nodiscard]] std::vector<std::string> read_nodes(KeyReader& read);

}  // namespace omsctl::config
