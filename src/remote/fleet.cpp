#include "omsctl/remote/fleet.hpp"

#include <exception>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/parallel.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/remote/local_host.hpp"
#include "omsctl/remote/ssh_host.hpp"

namespace omsctl::remote {
namespace {

void refuse_unsafe(std::string_view what, std::string_view name) {
  if (!is_safe_name(name))
    throw base::Error(base::Code::usage,
                      fmt::format("\"{}\" is no {} for ssh", base::printable(name), what),
                      "letters, digits and ._-:%@+ only, not beginning with -; for anything else "
                      "write a Host entry with "
                      "a plain name into the ssh configuration");
}

}  // namespace

Fleet::Fleet(ReachOptions options) : options_(std::move(options)) {
  if (!options_.user.empty())
    refuse_unsafe("user", options_.user);
}

Fleet::~Fleet() {
  std::vector<std::unique_ptr<Host>> hosts;
  try {
    for (auto& [name, host] : hosts_)
      hosts.push_back(std::move(host));
    constexpr std::size_t at_once = 8;  // a host that hangs must not hold up the others
    base::for_each_parallel(hosts.size(), at_once, [&](std::size_t i) { hosts[i].reset(); });
  } catch (const std::exception&) {
    hosts.clear();
  }
}

Host& Fleet::at(const std::string& name) {
  refuse_unsafe("host", name);
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Host>& host = hosts_[name];
  if (!host) {
    if (is_this_machine(name))
      host = std::make_unique<LocalHost>(name);
    else
      host = std::make_unique<SshHost>(name, options_, sockets_.path(), hosts_.size());
  }
  return *host;
}

}  // namespace omsctl::remote
