/// What actions call on hosts: the run makes these calls, and the plan's text shows them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "omsctl/plan/action.hpp"
#include "omsctl/remote/script.hpp"

namespace omsctl::plan {

/// Reads the file from stdin.
[[nodiscard]] remote::Call put_file(const PutFile& action);
[[nodiscard]] remote::Call receive_file(const SendFile& action);

/// The one's stdout is the other's stdin; the third holds when that is the image.
[[nodiscard]] remote::Call send_image(const ShipImage& action);
[[nodiscard]] remote::Call receive_image();
[[nodiscard]] remote::Call has_layers(const std::string& image, const std::string& layers_sha256);

/// Prints what oms::parse_read_config() reads.
[[nodiscard]] remote::Call read_config(const ConfigKnown& probe);
/// Digests in hex: of the file as it was found, and of the old one.
[[nodiscard]] remote::Call write_config(const RestoreConfig& action,
                                        const std::string& before,
                                        const std::string& after);

[[nodiscard]] remote::Call start_programs(const StartPrograms& action,
                                          const std::vector<std::string>& programs);
/// What the job prints from byte `offset` on, for so many seconds; then oms::parse_job_state()'s
/// line.
[[nodiscard]] remote::Call follow_job(const AwaitJob& action, std::size_t offset, int seconds);

[[nodiscard]] remote::Call reserve_copy(const ReserveRoom& action, const std::string& bytes);
/// The first reads the archive from stdin.
[[nodiscard]] remote::Call receive_copy(const CopyRun& action);
[[nodiscard]] remote::Call finish_copy(const CopyRun& action,
                                       const std::string& bytes,
                                       const std::string& sha256);

/// All calls of the action, or of a probe; what only the run finds out stands in <>.
[[nodiscard]] remote::Calls calls_of(const Action& action);
[[nodiscard]] remote::Calls calls_of(const Probe& probe);

}  // namespace omsctl::plan
