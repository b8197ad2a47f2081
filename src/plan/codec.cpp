#include "omsctl/plan/codec.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/error.hpp"
#include "omsctl/base/json.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/metadb/row_set.hpp"

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

/// The tag under which each alternative stands in the file. Renaming one would orphan saved plans.
template <typename Alternative>
constexpr std::string_view tag{};
template <>
constexpr std::string_view tag<HostHolds> = "host_holds";
template <>
constexpr std::string_view tag<ConfigEquals> = "config_equals";
template <>
constexpr std::string_view tag<ConfigKnown> = "config_known";
template <>
constexpr std::string_view tag<SqlEquals> = "sql_equals";
template <>
constexpr std::string_view tag<SqlAdvances> = "sql_advances";
template <>
constexpr std::string_view tag<RowsStable> = "rows_stable";
template <>
constexpr std::string_view tag<SqlAsRecorded> = "sql_as_recorded";
template <>
constexpr std::string_view tag<RecordSql> = "record_sql";
template <>
constexpr std::string_view tag<Command> = "command";
template <>
constexpr std::string_view tag<Capture> = "capture";
template <>
constexpr std::string_view tag<PutFile> = "put_file";
template <>
constexpr std::string_view tag<SendFile> = "send_file";
template <>
constexpr std::string_view tag<ShipImage> = "ship_image";
template <>
constexpr std::string_view tag<DumpDatabases> = "dump_databases";
template <>
constexpr std::string_view tag<SnapshotRows> = "snapshot_rows";
template <>
constexpr std::string_view tag<RehearseDelete> = "rehearse_delete";
template <>
constexpr std::string_view tag<DeleteRows> = "delete_rows";
template <>
constexpr std::string_view tag<RestoreRows> = "restore_rows";
template <>
constexpr std::string_view tag<RestoreConfig> = "restore_config";
template <>
constexpr std::string_view tag<DropHeartbeats> = "drop_heartbeats";
template <>
constexpr std::string_view tag<TellLeftovers> = "tell_leftovers";
template <>
constexpr std::string_view tag<ReserveRoom> = "reserve_room";
template <>
constexpr std::string_view tag<CopyRun> = "copy_run";
template <>
constexpr std::string_view tag<TellChangedIds> = "tell_changed_ids";
template <>
constexpr std::string_view tag<StartPrograms> = "start_programs";
template <>
constexpr std::string_view tag<AwaitJob> = "await_job";
template <>
constexpr std::string_view tag<Await> = "await";

template <typename Variant>
void encode_variant(json& out, const Variant& variant) {
  std::visit(
      [&](const auto& value) {
        out = value;
        out["kind"] = tag<std::decay_t<decltype(value)>>;
      },
      variant);
}

/// Decodes the alternative of `Variant` whose tag `in` carries.
template <typename Variant, std::size_t index = 0>
void decode_variant(const json& in, Variant& variant) {
  if constexpr (index < std::variant_size_v<Variant>) {
    using Alternative = std::variant_alternative_t<index, Variant>;
    if (in.at("kind").get<std::string>() == tag<Alternative>) {
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

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Head, format, omsctl_version, run, command, deployment, region)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Step,
                                   id,
                                   where,
                                   title,
                                   source,
                                   apply,
                                   ensures,
                                   not_undone,
                                   interruption,
                                   decisive,
                                   until,
                                   takes_back,
                                   needed_by,
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

namespace {

/// What `read` makes of the JSON in `text`.
template <typename Read>
auto read_document(const std::string& text, const Read& read) {
  try {
    return read(base::parse_whole_json(text));
  } catch (const json::exception& error) {
    throw base::Error(base::Code::storage,
                      fmt::format("the plan cannot be read: {}", error.what()));
  }
}

/// Which no argument of a call could hold.
bool holds_nul(const json& document) {
  const json values = document.flatten();
  return std::any_of(values.begin(), values.end(), [](const json& value) {
    return value.is_string() && value.get_ref<const std::string&>().find('\0') != std::string::npos;
  });
}

}  // namespace

Plan decode(const std::string& text) {
  return read_document(text, [](const json& document) {
    if (document.at("format") != plan_format)
      throw base::Error(base::Code::storage,
                        fmt::format("the plan has format {}, written by omsctl {}; this omsctl "
                                    "knows format {}",
                                    document.at("format").dump(),
                                    document.at("omsctl_version").get<std::string>(),
                                    plan_format),
                        "use that version for it");
    if (holds_nul(document))
      throw base::Error(base::Code::storage, "the plan holds a NUL byte");
    auto plan = document.get<Plan>();
    // What runs must be what the file says, and not what remains of it.
    if (!base::says_the_same(document, plan))
      throw base::Error(base::Code::storage,
                        "the plan says something that this omsctl does not know");
    return plan;
  });
}

Head head_of(const std::string& text) {
  return read_document(text, [](const json& document) { return document.get<Head>(); });
}

}  // namespace omsctl::plan
