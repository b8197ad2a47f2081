#include "metadb_access.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <vector>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/facts/gather.hpp"

namespace omsctl::cli {
namespace {

using base::Code;
using base::Error;

oms::Settings read_settings(const Options& options, Output& output) {
  const std::string& file = options.choices.config_file;
  oms::LoadedSettings loaded = oms::load_settings_file(file);
  output.problems(file, loaded.problems);
  if (!loaded.settings || loaded.has_errors())
    throw Error(Code::config,
                fmt::format("{} cannot be used; the MetaDB was not asked", file),
                "omsctl config check FILE tells every mistake; -c names another file");
  return *loaded.settings;
}

}  // namespace

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
  std::exception_ptr first;
  for (const std::string& via : ways) {
    try {
      access.endpoint = facts::endpoint_of(access.settings, options.choices.metadb_ca, via, fleet);
      (void)metadb::Database::connect(access.endpoint);
      access.via = via;
      if (!via.empty())
        output.say(fmt::format("the MetaDB is reached through {}", via));
      return access;
    } catch (const Error&) {
      // That a way through a host fails too says less than why the direct one does.
      if (!first)
        first = std::current_exception();
    }
  }
  std::rethrow_exception(first);
}

bool asked(const Options& options, Output& output, std::string_view what_this_does) {
  if (options.yes)
    return true;
  if (::isatty(STDIN_FILENO) == 0 || options.json)
    throw Error(Code::usage,
                fmt::format("{}, and nobody can be asked here", what_this_does),
                "look at what it tells, then give --yes");
  output.say("Type yes to go on:");
  std::string line;
  return std::getline(std::cin, line) && base::trim(line) == "yes";
}

std::string who_asks() {
  for (const char* variable : {"SUDO_USER", "USER"})
    if (const char* user = std::getenv(variable); user != nullptr && *user != '\0')
      return user;
  const passwd* entry = ::getpwuid(::getuid());
  return entry == nullptr ? fmt::format("uid {}", ::getuid()) : entry->pw_name;
}

}  // namespace omsctl::cli
