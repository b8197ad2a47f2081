#include "omsctl/run/store/second_copy.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <vector>

#include <fmt/format.h>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/base/lists.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/remote/process.hpp"
#include "omsctl/remote/script.hpp"
#include "omsctl/run/store/copy_seal.hpp"
#include "omsctl/run/store/directory.hpp"

namespace omsctl::run {
namespace {

using base::Code;
using base::Error;

constexpr base::Seconds fetch_deadline{600};

std::string runs_listed(const std::vector<std::string>& runs) {
  return runs.empty() ? "none" : base::join(runs, ", ");
}

/// Which of the copies there is meant.
std::string chosen(const std::vector<std::string>& runs,
                   const std::string& wanted,
                   const std::string& host) {
  if (wanted == "last" && !runs.empty())
    return runs.back();
  std::vector<std::string> fitting;
  std::copy_if(runs.begin(), runs.end(), std::back_inserter(fitting), [&](const std::string& run) {
    return !wanted.empty() && run.starts_with(wanted);
  });
  if (fitting.size() == 1)
    return fitting.front();
  throw Error(Code::usage,
              fmt::format("{} copies in {} on {} fit \"{}\"; there are: {}",
                          fitting.empty() ? "no" : "several",
                          copies_on_host,
                          host,
                          base::printable(wanted),
                          base::printable(runs_listed(runs))));
}

std::vector<std::string> copies_on(remote::Host& host, const std::string& name) {
  const remote::Result result =
      host.run({.script = remote::text_of({{"list_copies", {std::string(copies_on_host)}}})});
  if (!result.ok())
    throw Error(
        Code::remote,
        fmt::format("{}: cannot list {}: {}", name, copies_on_host, remote::describe(result)));
  std::vector<std::string> runs = base::lines_of(result.out);
  std::erase_if(runs, [](const std::string& run) { return !is_run_id(run); });
  std::sort(runs.begin(), runs.end());
  return runs;
}

/// Whether the archive ends with the digest of what is before it, as it was written there.
bool is_sealed(const std::filesystem::path& archive) {
  const auto size = std::filesystem::file_size(archive);
  if (size < copy_seal_size)
    return false;
  std::ifstream in(archive, std::ios::binary);
  base::Sha256 digest;
  std::array<char, 65536> part{};
  for (auto left = size - copy_seal_size; left > 0 && in;) {
    in.read(part.data(), static_cast<std::streamsize>(std::min<std::uintmax_t>(left, part.size())));
    digest.update({part.data(), static_cast<std::size_t>(in.gcount())});
    left -= static_cast<std::uintmax_t>(in.gcount());
  }
  std::string seal(copy_seal_size, '\0');
  in.read(seal.data(), static_cast<std::streamsize>(seal.size()));
  return in && seal == copy_seal(digest.finish());
}

/// Room that was taken up for an archive, before anything was written there: tar begins with a
/// name.
bool is_room_alone(const std::filesystem::path& archive) {
  std::array<char, 512> head{};
  std::ifstream in(archive, std::ios::binary);
  in.read(head.data(), head.size());
  return in && std::all_of(head.begin(), head.end(), [](char byte) { return byte == 0; });
}

[[noreturn]] void refuse_unsealed(const std::filesystem::path& file,
                                  const std::string& archive,
                                  const std::string& host_name) {
  if (is_room_alone(file))
    throw Error(
        Code::refused,
        fmt::format("{} of {} was never written: the machine that ran it was lost before the rows "
                    "were copied, so no row was deleted and no config.yaml was changed, but "
                    "programs may be stopped; nothing was changed by this command",
                    archive,
                    host_name),
        "on every existing node: docker exec CONTAINER supervisorctl start all; then docs/"
        "recovery.md, \"When this machine is lost\"");
  throw Error(Code::storage,
              fmt::format("{} of {} is damaged: it is not what was written there; nothing was "
                          "changed",
                          archive,
                          host_name),
              "another copy of it, or what is left of the run on the machine that ran it; or by "
              "hand: docs/recovery.md, \"When files of a run are damaged\"");
}

/// Streams an archive of the copy into `tar` here. False when the host has no such archive.
bool unpack(remote::Host& host,
            const std::string& host_name,
            const std::string& archive,
            const std::filesystem::path& into) {
  const auto file = into / "fetched.tar";
  std::ofstream out(file, std::ios::binary);
  const remote::Result result = host.run({.script = remote::text_of({{"read_copy", {archive}}}),
                                          .on_output = [&](std::string_view data) { out << data; },
                                          .deadline = fetch_deadline});
  out.close();
  std::error_code ignored;
  if (result.ending == remote::Ending::exited && result.exit_code == 3) {
    std::filesystem::remove(file, ignored);
    return false;
  }
  if (!result.ok() || !out)
    throw Error(
        Code::storage,
        fmt::format("{}: cannot copy {}: {}", host_name, archive, remote::describe(result)));
  if (!is_sealed(file))
    refuse_unsealed(file, archive, host_name);
  const remote::Result unpacked = remote::run_process(
      {.argv = {"tar", "-C", into.string(), "--no-same-owner", "-xf", file.string()},
       .deadline = fetch_deadline},
      {});
  std::filesystem::remove(file, ignored);
  if (!unpacked.ok())
    throw Error(Code::storage,
                fmt::format("{} of {} cannot be unpacked: {}",
                            archive,
                            host_name,
                            base::printable(base::trim(unpacked.err))));
  return true;
}

}  // namespace

std::string fetch_second_copy(const WantedCopy& wanted,
                              const std::filesystem::path& state,
                              remote::Fleet& fleet,
                              const std::function<void(const std::string&)>& say) {
  const std::string& from = wanted.from;
  remote::Host& host = fleet.at(from);
  std::string run = chosen(copies_on(host, from), wanted.run, from);
  if (base::contains(list_runs(state), run)) {
    RunDirectory known = RunDirectory::open(state, run);
    std::error_code ignored;
    if (!std::filesystem::exists(known.path() / fetching_mark, ignored))
      throw Error(
          Code::usage,
          fmt::format("run {} is on this machine: its own record tells more than a copy", run),
          "leave --from out");
    known.lock();
    known.discard();
  }
  say(fmt::format("fetching the second copy of run {} from {}", run, from));
  const RunDirectory directory = RunDirectory::create(state, run);
  base::write_file(directory.path() / fetching_mark, from + "\n");
  const std::string copy = fmt::format("{}/{}/", copies_on_host, run);
  try {
    if (!unpack(host, from, copy + "run.tar", directory.path()))
      throw Error(Code::storage, fmt::format("{} of {} is not there", copy + "run.tar", from));
    // Of a run that has stopped services: what was saved last comes on top.
    (void)unpack(host, from, copy + "rows.tar", directory.path());
    base::write_file(directory.path() / fetched_mark, from + "\n");
    std::filesystem::remove(directory.path() / fetching_mark);
  } catch (const Error&) {
    directory.discard();
    throw;
  }
  return run;
}

}  // namespace omsctl::run
