/// Who we are on a host, and whether we can be root there: found in one round trip.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "omsctl/remote/host.hpp"

namespace omsctl::remote {

/// What the script "privilege" found, which runs without privilege.
struct Privilege {
  bool root = false;
  bool sudo = false;  ///< `sudo -n true` works; not asked for root
  std::string user{};
};

/// The script's answer in `out`; nothing when it is not there.
[[nodiscard]] std::optional<Privilege> read_privilege(std::string_view out);

/// The connection to `host` that follows from it; `err` is what sudo said.
[[nodiscard]] Connection privilege_answer(const std::string& host,
                                          const Privilege& found,
                                          std::string_view err);

}  // namespace omsctl::remote
