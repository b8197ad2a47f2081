#include "choices.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/error.hpp"
#include "omsctl/base/json.hpp"
#include "omsctl/oms/scope.hpp"

namespace omsctl::oms {
NLOHMANN_JSON_SERIALIZE_ENUM(OutsideRows,
                             {{OutsideRows::refuse, "refuse"},
                              {OutsideRows::keep, "keep"},
                              {OutsideRows::clear, "clear"}})
}  // namespace omsctl::oms

namespace omsctl::facts {
NLOHMANN_JSON_SERIALIZE_ENUM(Goal,
                             {{Goal::more_nodes, "more_nodes"}, {Goal::new_region, "new_region"}})
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Choices,
                                   goal,
                                   config_file,
                                   state_dir,
                                   from,
                                   container,
                                   image,
                                   image_archive,
                                   config_path,
                                   logs_dir,
                                   store_dir,
                                   run_dir,
                                   https_crt,
                                   https_key,
                                   metadb_via,
                                   metadb_ca,
                                   backup_full,
                                   init_new_nodes,
                                   init_timeout,
                                   outside_rows,
                                   location_column,
                                   reload_existing,
                                   parallel)
}  // namespace omsctl::facts

namespace omsctl::cli {

using nlohmann::json;

std::string encode(const facts::Choices& choices) {
  return json(choices).dump();
}

facts::Choices decode_choices(const std::string& text) {
  try {
    const json document = base::parse_whole_json(text);
    auto choices = document.get<facts::Choices>();
    if (!base::says_the_same(document, choices))
      throw base::Error(base::Code::storage,
                        "run.json says something that this omsctl does not know");
    return choices;
  } catch (const json::exception& error) {
    throw base::Error(base::Code::storage,
                      fmt::format("run.json cannot be read: {}", error.what()));
  }
}

}  // namespace omsctl::cli
