/// Writes a bind-mounted config.yaml in place, so that a kill at any point can be mended (design
/// §10).
#pragma once

#include <cstddef>
#include <string>

namespace omsctl::oms {

/// A script that gives `path` the content of `source`, a file beside it: the inode stays, since the
/// container has it mounted as a single file, and so do owner and mode. The file must hold the
/// content `before` (SHA-256); `after` means done already. Anything else is a stranger's edit, exit
/// status 3, unless a mark beside it (`source` with the ending ".writing") shows that a write of
/// this run, forward or back, was cut short: then it is written again. The mark goes as soon as the
/// file is whole; at the end the content is compared through the container.
[[nodiscard]] std::string replace_content_script(const std::string& container,
                                                 const std::string& path,
                                                 const std::string& source,
                                                 const std::string& before,
                                                 const std::string& after);

/// A script that prints the file, with a first line that says whether a write of this run was cut
/// short (the mark beside `copy`); and what it printed.
struct ConfigRead {
  bool half_written = false;
  std::string content;
};
[[nodiscard]] std::string read_config_script(const std::string& path, const std::string& copy);
[[nodiscard]] ConfigRead parse_read_config(const std::string& printed);

/// A script that takes up `bytes` of room on disk in a file of its own.
[[nodiscard]] std::string reserve_room_script(const std::string& path, std::size_t bytes);

/// A script that takes up room on disk for `bytes` of content of `path`, without changing the file:
/// a write in place must not meet a full disk. Where the file system cannot do that, nothing is
/// done.
[[nodiscard]] std::string reserve_content_script(const std::string& path, std::size_t bytes);

}  // namespace omsctl::oms
