#include "omsctl/run/store/run_file.hpp"

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/json.hpp"

namespace omsctl::run {

using nlohmann::json;

namespace {

json document_of(const RunFile& file) {
  return {{"format", run_file_format},
          {"choices", base::parse_whole_json(file.choices)},
          {"ssh_config", file.reach.ssh_config},
          {"ssh_user", file.reach.user},
          {"ssh_port", file.reach.port.value_or(0)},
          {"skipped_checks", file.skipped_checks},
          {"metadb_via", file.metadb_via}};
}

}  // namespace

std::string encode(const RunFile& file) {
  return document_of(file).dump(1) + "\n";
}

RunFile decode_run_file(const std::string& text) {
  try {
    const json document = base::parse_whole_json(text);
    if (document.at("format") != run_file_format)
      throw base::Error(base::Code::storage,
                        fmt::format("run.json has format {}, this omsctl knows format {}",
                                    document.at("format").dump(),
                                    run_file_format));
    RunFile file;
    file.choices = document.at("choices").dump();
    file.reach.ssh_config = document.at("ssh_config").get<std::string>();
    file.reach.user = document.at("ssh_user").get<std::string>();
    if (const auto port = document.at("ssh_port").get<std::uint16_t>(); port != 0)
      file.reach.port = port;
    file.skipped_checks = document.at("skipped_checks").get<std::vector<std::string>>();
    file.metadb_via = document.at("metadb_via").get<std::string>();
    if (!base::says_the_same(document, document_of(file)))
      throw base::Error(base::Code::storage,
                        "run.json says something that this omsctl does not know");
    return file;
  } catch (const json::exception& error) {
    throw base::Error(base::Code::storage,
                      fmt::format("run.json cannot be read: {}", error.what()));
  }
}

}  // namespace omsctl::run
