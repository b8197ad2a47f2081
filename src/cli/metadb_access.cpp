#include "metadb_access.hpp"

#include <exception>
#include <vector>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/facts/gather.hpp"

namespace omsctl::cli {
namespace {

using base::Code;
using base::Error;

config::Settings read_settings(const Options& options, Output& output) {
  const std::string& file = options.choices.config_file;
  config::LoadedSettings loaded = config::load_settings_file(file);
  output.problems(file, loaded.problems);
  if (!loaded.settings || loaded.has_errors())
    throw Error(Code::config,
                fmt::format("{} cannot be used; the MetaDB was not asked", file),
                "omsctl config check FILE tells every mistake; -c names another file");
  return *loaded.settings;
}

}  // namespace

Way first_way(const config::Settings& settings,
              const std::string& ca_file,
              const std::vector<std::string>& ways,
              remote::Fleet& fleet) {
  std::exception_ptr first;
  for (const std::string& via : ways) {
    try {
      Way way{via, facts::endpoint_of(settings, ca_file, via, fleet)};
      (void)metadb::Database::connect(way.endpoint);
      return way;
    } catch (const Error&) {
      // That a way through a host fails too says less than why the direct one does.
      if (!first)
        first = std::current_exception();
    }
  }
  std::rethrow_exception(first);
}

MetadbAccess reach_metadb(const Options& options, Output& output, remote::Fleet& fleet) {
  MetadbAccess access;
  access.settings = read_settings(options, output);
  access.deployment = fmt::format("{}:{}/{}",
                                  access.settings.meta_host,
                                  access.settings.meta_port.number,
                                  access.settings.rm_db);
  access.region = std::to_string(access.settings.cm_location);
  const std::string& wish = options.choices.metadb_via;
  std::vector<std::string> ways{wish == "auto" || wish == "direct" ? "" : wish};
  if (wish == "auto")
    ways.insert(ways.end(), access.settings.cm_nodes.begin(), access.settings.cm_nodes.end());
  const Way way = first_way(access.settings, options.choices.metadb_ca, ways, fleet);
  access.via = way.via;
  access.endpoint = way.endpoint;
  if (!way.via.empty())
    output.say(fmt::format("the MetaDB is reached through {}", way.via));
  return access;
}

}  // namespace omsctl::cli
