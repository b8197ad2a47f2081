#include "omsctl/plan/calls.hpp"

#include <fmt/format.h>

namespace omsctl::plan {

using remote::Call;
using remote::Calls;

Call put_file(const PutFile& action) {
  return {"put_file", {action.path, action.mode, action.sha256}};
}

Call receive_file(const SendFile& action) {
  return {"receive_file", {action.path, action.sha256}};
}

Call send_image(const ShipImage& action) {
  return {"send_image", {action.image}};
}

Call receive_image() {
  return {"receive_image"};
}

Call has_layers(const std::string& image, const std::string& layers_sha256) {
  return {"has_layers", {image, layers_sha256}};
}

Call read_config(const ConfigKnown& probe) {
  return {"read_config", {probe.path, probe.copy}};
}

Call write_config(const RestoreConfig& action,
                  const std::string& before,
                  const std::string& after) {
  return {"replace_content",
          {action.container, action.known.path, action.known.copy, before, after}};
}

Call start_programs(const StartPrograms& action, const std::vector<std::string>& programs) {
  return remote::with({"start_programs", {action.container, action.room}}, programs);
}

Call follow_job(const AwaitJob& action, std::size_t offset, int seconds) {
  return {"follow_job",
          {action.on_host,
           action.container,
           action.in_container,
           std::to_string(offset),
           std::to_string(seconds)}};
}

Call reserve_copy(const ReserveRoom& action, const std::string& bytes) {
  return {"reserve_copy", {action.path, bytes}};
}

Call receive_copy(const CopyRun& action) {
  return {"receive_copy", {action.path}};
}

Call finish_copy(const CopyRun& action, const std::string& bytes, const std::string& sha256) {
  return {"finish_copy", {action.path, bytes, sha256}};
}

Calls calls_of(const Probe& probe) {
  return std::visit(Overloaded{[](const HostHolds& value) { return value.calls; },
                               [](const ConfigEquals& value) { return Calls{value.call}; },
                               [](const ConfigKnown& value) { return Calls{read_config(value)}; },
                               [](const auto&) { return Calls{}; }},
                    probe);
}

Calls calls_of(const Action& action) {
  return std::visit(
      Overloaded{
          [](const Command& value) { return value.calls; },
          [](const Capture& value) { return Calls{value.call}; },
          [](const PutFile& value) { return Calls{put_file(value)}; },
          [](const SendFile& value) { return Calls{receive_file(value)}; },
          [](const ShipImage& value) {
            return Calls{
                send_image(value), receive_image(), has_layers(value.image, value.layers_sha256)};
          },
          [](const RestoreConfig& value) {
            const PutFile copy{value.known.host,
                               value.known.copy,
                               value.artifact,
                               "0600",
                               fmt::format("<SHA-256 of artifacts/{}>", value.artifact)};
            return Calls{read_config(value.known),
                         put_file(copy),
                         write_config(value, "<SHA-256 of the file there>", copy.sha256)};
          },
          [](const StartPrograms& value) {
            return Calls{start_programs(
                value, {fmt::format("<the RUNNING ones of artifacts/{}>", value.artifact)})};
          },
          [](const ReserveRoom& value) {
            return value.host.empty()
                       ? Calls{}
                       : Calls{reserve_copy(
                             value, fmt::format("<twice the bytes of {}/ and 8 MiB>", value.like))};
          },
          [](const CopyRun& value) {
            return Calls{receive_copy(value),
                         finish_copy(value, "<bytes of the archive>", "<its SHA-256>")};
          },
          [](const AwaitJob& value) { return Calls{follow_job(value, 0, value.deadline)}; },
          [](const Await& value) { return calls_of(value.probe); },
          [](const auto&) { return Calls{}; },
      },
      action);
}

}  // namespace omsctl::plan
