/// Writes a bind-mounted config.yaml in place, so that a kill at any point can be mended (design
/// §10).
#pragma once

#include <cstddef>
#include <string>

#include "omsctl/remote/script.hpp"

namespace omsctl::oms {

/// Gives `path` the content of `source`, a file beside it: the inode stays, since the container has
/// it mounted as a single file, and so do owner and mode. The file must hold the content `before`
/// (SHA-256); `after` means done already. Anything else is a stranger's edit, exit status 3, unless
/// a mark beside it (`source` with the ending ".writing") shows that a write of this run, forward
/// or back, was cut short: then it is written again. The mark goes as soon as the file is whole; at
/// the end the content is compared through the container.
[[nodiscard]] remote::Call replace_content(const std::string& container,
                                           const std::string& path,
                                           const std::string& source,
                                           const std::string& before,
                                           const std::string& after);

/// What the script read_config printed: the file, behind a line that says whether a write of this
/// run was cut short.
struct ConfigRead {
  bool half_written = false;
  std::string content;
};
[[nodiscard]] ConfigRead parse_read_config(const std::string& printed);

/// Takes up `bytes` of room on disk in a file of its own.
[[nodiscard]] remote::Call reserve_room(const std::string& path, std::size_t bytes);

/// Takes up room on disk for `bytes` of content of `path`, without changing the file: a write in
/// place must not meet a full disk. Where the file system cannot do that, nothing is done.
[[nodiscard]] remote::Call reserve_content(const std::string& path, std::size_t bytes);

}  // namespace omsctl::oms
