/// The rules of the addresses in config.yaml: oms_meta_host, cm_url, cm_nodes.
#pragma once

#include <string>
#include <vector>

#include "omsctl/oms/address.hpp"

#include "findings.hpp"
#include "key_reader.hpp"

namespace omsctl::oms {

/// Reports `value` unless it is an address that every node can use.
void check_host(Findings& findings, const std::string& what, const Scalar& value);

[[nodiscard]] CmUrl read_cm_url(KeyReader& read);
[[nodiscard]] std::vector<std::string> read_nodes(KeyReader& read);

}  // namespace omsctl::oms
