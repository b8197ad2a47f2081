#include "omsctl/plan/codec.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/error.hpp"
#include "omsctl/base/json.hpp"
#include "omsctl/base/text.hpp"

namespace omsctl::metadb {
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RowSet, database, table, where, emptied)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(NamedIds, database, table, name_column, id_column, reference)
}  // namespace omsctl::metadb

namespace omsctl::remote {

void to_json(nlohmann::json& out, const Call& call) {
  out = {{"script", call.script}, {"arguments", call.arguments}};
}

void from_json(const nlohmann::json& in, Call& call) {
  in.at("script").get_to(call.script);
  in.at("arguments").get_to(call.arguments);
  if (!is_script(call.script))
    throw base::Error(base::Code::storage,
                      fmt::format("the plan calls a script \"{}\", which this omsctl does not have",
                                  base::printable(call.script)));
}

}  // namespace omsctl::remote

namespace omsctl::plan {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HostHolds, host, says, calls)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ConfigEquals, host, says, call, artifact)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SqlEquals, says, sql, rows)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SqlAdvances, says, sql, keys)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RowsStable, says, sets)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SqlAsRecorded, says, sql, artifact)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Command, host, says, calls, deadline, may_be_lost, repeatable)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Capture, host, says, call, artifact, deadline)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PutFile, host, path, artifact, mode, sha256)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RecordSql, says, sql, artifact)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SendFile, host, path, source, sha256, size)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ShipImage, host, image, from, layers_sha256, size)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DumpDatabases, databases, directory)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SnapshotRows, sets, directory)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RehearseDelete, directory, sets)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DeleteRows, directory, sets, followers)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RestoreRows, directory, sets, rehearse)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ConfigKnown, host, says, path, copy, artifacts)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RestoreConfig, known, container, artifact)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DropHeartbeats, database, nodes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TellLeftovers, says, sql, by_hand)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ReserveRoom, host, path, like)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CopyRun, host, path, parts)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TellChangedIds, directory, tables, databases)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StartPrograms, host, container, artifact, room)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(AwaitJob, host, container, on_host, in_container, logs, deadline)

NLOHMANN_JSON_SERIALIZE_ENUM(Interruption,
                             {{Interruption::allowed, "allowed"}, {Interruption::never, "never"}})
NLOHMANN_JSON_SERIALIZE_ENUM(Outage,
                             {{Outage::no, "no"},
                              {Outage::begins, "begins"},
                              {Outage::inside, "inside"},
                              {Outage::ends, "ends"}})

namespace {

using nlohmann::json;

// The tag under which each alternative stands in the file. Renaming one would orphan saved plans.
constexpr std::string_view tag(const HostHolds*) {
  return "host_holds";
}
constexpr std::string_view tag(const ConfigEquals*) {
  return "config_equals";
}
constexpr std::string_view tag(const ConfigKnown*) {
  return "config_known";
}
constexpr std::string_view tag(const SqlEquals*) {
  return "sql_equals";
}
constexpr std::string_view tag(const SqlAdvances*) {
  return "sql_advances";
}
constexpr std::string_view tag(const RowsStable*) {
  return "rows_stable";
}
constexpr std::string_view tag(const SqlAsRecorded*) {
  return "sql_as_recorded";
}
constexpr std::string_view tag(const RecordSql*) {
  return "record_sql";
}
constexpr std::string_view tag(const Command*) {
  return "command";
}
constexpr std::string_view tag(const Capture*) {
  return "capture";
}
constexpr std::string_view tag(const PutFile*) {
  return "put_file";
}
constexpr std::string_view tag(const SendFile*) {
  return "send_file";
}
constexpr std::string_view tag(const ShipImage*) {
  return "ship_image";
}
constexpr std::string_view tag(const DumpDatabases*) {
  return "dump_databases";
}
constexpr std::string_view tag(const SnapshotRows*) {
  return "snapshot_rows";
}
constexpr std::string_view tag(const RehearseDelete*) {
  return "rehearse_delete";
}
constexpr std::string_view tag(const DeleteRows*) {
  return "delete_rows";
}
constexpr std::string_view tag(const RestoreRows*) {
  return "restore_rows";
}
constexpr std::string_view tag(const RestoreConfig*) {
  return "restore_config";
}
constexpr std::string_view tag(const DropHeartbeats*) {
  return "drop_heartbeats";
}
constexpr std::string_view tag(const TellLeftovers*) {
  return "tell_leftovers";
}
constexpr std::string_view tag(const ReserveRoom*) {
  return "reserve_room";
}
constexpr std::string_view tag(const CopyRun*) {
  return "copy_run";
}
constexpr std::string_view tag(const TellChangedIds*) {
  return "tell_changed_ids";
}
constexpr std::string_view tag(const StartPrograms*) {
  return "start_programs";
}
constexpr std::string_view tag(const AwaitJob*) {
  return "await_job";
}
constexpr std::string_view tag(const Await*) {
  return "await";
}

template <typename Variant>
void encode_variant(json& out, const Variant& variant) {
  std::visit(
      [&](const auto& value) {
        out = value;
        out["kind"] = tag(&value);
      },
      variant);
}

/// Decodes the alternative of `Variant` whose tag `in` carries.
template <typename Variant, std::size_t index = 0>
void decode_variant(const json& in, Variant& variant) {
  if constexpr (index < std::variant_size_v<Variant>) {
    using Alternative = std::variant_alternative_t<index, Variant>;
    const Alternative* none = nullptr;
    if (in.at("kind").get<std::string>() == tag(none)) {
      variant = in.get<Alternative>();
    } else {
      decode_variant<Variant, index + 1>(in, variant);
    }
  } else {
    throw base::Error(
        base::Code::storage,
        fmt::format("unknown kind \"{}\" in the plan", in.at("kind").get<std::string>()));
  }
}

}  // namespace
}  // namespace omsctl::plan

template <>
struct nlohmann::adl_serializer<omsctl::plan::Probe> {
  static void to_json(json& out, const omsctl::plan::Probe& probe) {
    omsctl::plan::encode_variant(out, probe);
  }
  static void from_json(const json& in, omsctl::plan::Probe& probe) {
    omsctl::plan::decode_variant(in, probe);
  }
};

namespace omsctl::plan {
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Await, probe, deadline)
}  // namespace omsctl::plan

template <>
struct nlohmann::adl_serializer<omsctl::plan::Action> {
  static void to_json(json& out, const omsctl::plan::Action& action) {
    omsctl::plan::encode_variant(out, action);
  }
  static void from_json(const json& in, omsctl::plan::Action& action) {
    omsctl::plan::decode_variant(in, action);
  }
};

namespace omsctl::plan {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Undo, actions, cannot)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Step,
                                   id,
                                   where,
                                   title,
                                   source,
                                   apply,
                                   ensures,
                                   undo,
                                   interruption,
                                   decisive,
                                   until,
                                   takes_back,
                                   optional)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Lane, steps)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Stage, id, title, outage, lanes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Plan,
                                   format,
                                   omsctl_version,
                                   run,
                                   command,
                                   deployment,
                                   region,
                                   target_digest,
                                   facts_digest,
                                   notes,
                                   stages,
                                   back)

std::string encode(const Plan& plan) {
  // Bytes that are no UTF-8 (a path may hold any) would make dump() throw.
  return json(plan).dump(2, ' ', false, json::error_handler_t::strict) + "\n";
}

Plan decode(const std::string& text) {
  try {
    const json document = base::parse_whole_json(text);
    if (document.at("format") != Plan{}.format)
      throw base::Error(base::Code::storage,
                        fmt::format("the plan has format {}, this omsctl knows format {}",
                                    document.at("format").dump(),
                                    Plan{}.format));
    auto plan = document.get<Plan>();
    // What runs must be what the file says, and not what remains of it.
    if (!base::says_the_same(document, plan))
      throw base::Error(base::Code::storage,
                        "the plan says something that this omsctl does not know");
    return plan;
  } catch (const json::exception& error) {
    throw base::Error(base::Code::storage,
                      fmt::format("the plan cannot be read: {}", error.what()));
  }
}

}  // namespace omsctl::plan
