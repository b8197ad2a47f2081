#include "address_rules.hpp"

#include <map>
#include <string_view>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"

namespace omsctl::config {
namespace {

/// xxx.xxx.xxx.1, xxx.xxx.xxx.xx2: the guide's addresses.
bool is_sample_address(std::string_view host) {
  return host.starts_with("xx") &&
         host.find_first_not_of("xX0123456789.") == std::string_view::npos;
}

void check_node(Problems& findings, const Scalar& item) {
  if (item.text.empty()) {
    findings.error(item.place, "an item of cm_nodes is empty", "remove it");
    return;
  }
  if (is_placeholder(item.text))
    findings.rule(item.place, "cm_nodes still holds a placeholder", "write the node's address");
  check_host(findings, "this node", item);
}

}  // namespace

void check_host(Problems& findings, const std::string& what, const Scalar& value) {
  const std::string& host = value.text;
  if (host.empty() || is_placeholder(host))
    return;
  if (is_sample_address(host) || host == "VIP")
    findings.rule(value.place,
                  fmt::format("{} still holds the placeholder {}", what, quoted(host)),
                  "replace it with the address of this deployment");
  else if (!canonical_host(host))
    findings.error(
        value.place,
        fmt::format("{} is neither an IP address nor a host name: {}", what, quoted(host)),
        "write the bare address: no port, no scheme, no leading zeros");
  else if (is_loopback(host))
    findings.rule(
        value.place,
        fmt::format("{} is {}, which is another machine on every node", what, quoted(host)),
        "write the address that all nodes can reach");
}

CmUrl read_cm_url(KeyReader& read) {
  CmUrl url;
  Problems& findings = read.findings();
  const std::string text = read.required_text("cm_url");
  const Place place = read.place("cm_url");
  if (text.empty() || is_placeholder(text))
    return url;
  try {
    url = parse_cm_url(text);
  } catch (const base::Error& error) {
    findings.error(place, error.what(), error.hint());
    return url;
  }
  if (!url.has_port)
    findings.rule(place,
                  "cm_url names no port: OMS would use 80, its CM listens on 8088",
                  fmt::format("write \"cm_url: {}:8088\"", base::printable(text)));
  if (is_loopback(url.host))
    findings.rule(place,
                  "cm_url is a loopback address: no other node can reach it",
                  "write the VIP, load balancer or domain");
  else
    check_host(findings, "cm_url", {url.host, place});
  return url;
}

std::vector<std::string> read_nodes(KeyReader& read) {
  std::vector<std::string> nodes;
  Problems& findings = read.findings();
  read.require("cm_nodes");
  const auto items = read.list("cm_nodes");
  if (!items)
    return nodes;
  if (items->empty())
    findings.error(read.place("cm_nodes"), "cm_nodes is empty", "list every node of the region");
  std::map<std::string, Place> seen;
  for (const Scalar& item : *items) {
    check_node(findings, item);
    nodes.push_back(item.text);
    const auto first = seen.emplace(canonical_host(item.text).value_or(item.text), item.place);
    if (!first.second && !item.text.empty())
      findings.error(
          item.place,
          fmt::format(
              "duplicate node {}, see line {}", quoted(item.text), first.first->second.line + 1),
          "list every node once");
  }
  return nodes;
}

}  // namespace omsctl::config
