#include <gtest/gtest.h>

#include "omsctl/checks/rules.hpp"
#include "omsctl/docker/container.hpp"

#include "checks/find.hpp"
#include "support/sample_facts.hpp"

namespace omsctl::checks {
namespace {

using facts::Facts;
using facts::NodeFacts;
using tests::physical_cm_url;
using tests::sample_facts;

class Refusal : public testing::TestWithParam<Case> {};

TEST_P(Refusal, NamesThePlaceAndTheFix) {
  Facts facts = sample_facts(physical_cm_url);
  GetParam().spoil(facts);
  expect_refused(check_node(facts, {}), GetParam());
}

void cut_off(NodeFacts& node, const char* failure) {
  node.connection = {false, false, "", "no route", "ssh it by hand", failure};
}

INSTANTIATE_TEST_SUITE_P(
    Rules,
    Refusal,
    testing::Values(
        Case{"NewNodeUnreachable",
             [](Facts& f) { cut_off(f.nodes[1], "unreachable"); },
             "host.unreachable",
             "new node"},
        Case{"ExistingNodeUnreachable",
             [](Facts& f) { cut_off(f.nodes[0], "unreachable"); },
             "host.unreachable",
             "writing into the tables"},
        Case{"HostKeyUnknown",
             [](Facts& f) { cut_off(f.nodes[1], "host_key"); },
             "host.key-unknown",
             "new node"},
        Case{"WrongKey",
             [](Facts& f) { cut_off(f.nodes[1], "authentication"); },
             "host.authentication",
             "new node"},
        Case{"NoSudo",
             [](Facts& f) {
               f.nodes[1].connection = {
                   true, false, "op", "sudo: a password is required", "allow it", "sudo"};
             },
             "host.privilege",
             "sudo"},
        Case{"DockerMissing",
             [](Facts& f) { f.nodes[1].docker_problem = "missing"; },
             "docker.missing",
             "no docker"},
        Case{"DockerRefused",
             [](Facts& f) { f.nodes[1].docker_problem = "Cannot connect"; },
             "docker.refused",
             "Cannot connect"},
        Case{"DockerTooOld",
             [](Facts& f) { f.nodes[1].docker_version = "1.12.6"; },
             "docker.version",
             "1.12.6"},
        Case{"ForeignContainer",
             [](Facts& f) {
               docker::Container foreign;
               foreign.name = "oms_421";
               foreign.state = "exited";
               foreign.image_ref = "busybox";
               f.nodes[1].containers.push_back(foreign);
             },
             "container.name-taken",
             "busybox"},
        Case{"FurtherMountMissing",
             [](Facts& f) {
               f.nodes[0].containers[0].mounts.push_back({"/data/motd", "/etc/motd", true});
               f.nodes[0].paths["/data/motd"].kind = facts::PathFacts::Kind::file;
               f.nodes[1].paths["/data/motd"].kind = facts::PathFacts::Kind::absent;
             },
             "mount.source-missing",
             "/data/motd is not there"},
        Case{"NoInitScript",
             [](Facts& f) { f.nodes[0].init_script = false; },
             "node.init-missing",
             "/root/docker_init.sh"},
        Case{"NotOnline",
             [](Facts& f) { f.metadb.view.hosts[0].status = "OFFLINE"; },
             "node.not-online",
             "OFFLINE"},
        Case{"OtherOms",
             [](Facts& f) {
               f.nodes[1].containers = f.nodes[0].containers;
               f.nodes[1].containers[0].name = "other";
             },
             "node.runs-oms",
             "other"},
        Case{"PortsTaken",
             [](Facts& f) {
               f.nodes[1].listening = {22, 8088, 8084};
             },
             "ports.taken",
             "8088 (CM), 8084"},
        Case{"MountNotEmpty",
             [](Facts& f) {
               f.nodes[1].paths["/data/oms/oms_store"] = {
                   facts::PathFacts::Kind::directory, "755", "0:0", false, 1ULL << 40U};
             },
             "mount.not-empty",
             "/data/oms/oms_store"},
        Case{"ConfigThereAlready",
             [](Facts& f) {
               f.nodes[1].paths["/data/config.yaml"].kind = facts::PathFacts::Kind::file;
             },
             "mount.file-exists",
             "/data/config.yaml"},
        Case{"OtherImage",
             [](Facts& f) {
               f.nodes[1].images = f.nodes[0].images;
               f.nodes[1].images[0].layers = {"sha256:3333"};
             },
             "image.other",
             "oms-lab/oms"},
        Case{"MetadbOutOfReach",
             [](Facts& f) { f.nodes[1].reaches["MetaDB"] = "no connection"; },
             "node.metadb-unreachable",
             "192.0.2.5:3306"},
        Case{"ForeignAddress",
             [](Facts& f) {
               f.nodes[1].own_addresses = {"127.0.0.1", "192.0.2.99"};
             },
             "node.foreign-address",
             "192.0.2.99"},
        Case{"OneMachineTwice",
             [](Facts& f) {
               f.nodes[1].own_addresses.emplace_back("192.0.2.13");
               f.nodes[2].own_addresses.emplace_back("192.0.2.12");
             },
             "nodes.same-machine",
             "192.0.2.13"},
        Case{"NoOmsAnywhere",
             [](Facts& f) {
               f.initial = "";
               f.nodes[0].containers.clear();
             },
             "initial.none",
             "no OMS container"},
        Case{"ContainerStopped",
             [](Facts& f) { f.nodes[0].containers[0].state = "exited"; },
             "node.container-stopped",
             "exited"},
        Case{"NothingRuns",
             [](Facts& f) { f.nodes[0].programs.clear(); },
             "node.programs-stopped",
             "RUNNING"},
        Case{"NodeRemoved",
             [](Facts& f) {
               f.target.cm_nodes = {"192.0.2.12", "192.0.2.13"};
             },
             "nodes.removed",
             "cm_nodes"},
        Case{"OtherKeyDiffers",
             [](Facts& f) { f.target_values["cm_region"] = "cn-else"; },
             "config.differs",
             "cm_region: cn-lab on the initial node 192.0.2.11, cn-else"},
        Case{"DatabaseDiffers",
             [](Facts& f) { f.target_values["drc_cm_db"] = "other"; },
             "config.databases-differ",
             "drc_cm_db"},
        Case{"StaleMount",
             [](Facts& f) { f.nodes[0].config_on_host = "x: 1\n"; },
             "config.stale-mount",
             "an editor replaced it"},
        Case{"CmUrlDisagrees",
             [](Facts& f) { f.metadb.view.regions[0].cm_url = "http://192.0.2.77:8088"; },
             "deployment.cm-url-disagrees",
             "192.0.2.77"},
        Case{"VipIsANode",
             [](Facts& f) { f.target.cm_url.host = "192.0.2.12"; },
             "vip.is-a-node",
             "192.0.2.12"},
        Case{"VipDead",
             [](Facts& f) {
               f.nodes[0].vip = facts::VipFacts{0, 0, "no answer"};
             },
             "vip.unreachable",
             "from 192.0.2.11"},
        Case{"VipUnstable",
             [](Facts& f) {
               f.nodes[0].vip = facts::VipFacts{13, 20, "HTTP 503"};
             },
             "vip.unstable",
             "13 of 20"},
        Case{"MetadbDown",
             [](Facts& f) {
               f.metadb = {};
               f.metadb.problem = "connection refused";
               f.metadb.hint = "is it running?";
             },
             "metadb.unreachable",
             "refused"},
        Case{"TableMissing",
             [](Facts& f) { f.metadb.tables[3].exists = false; },
             "metadb.table-missing",
             "oms_cm.location_cm"},
        Case{"ColumnMissing",
             [](Facts& f) { f.metadb.tables[0].missing_columns = {"cm_url"}; },
             "metadb.column-missing",
             "cm_url"},
        Case{"PrivilegeMissing",
             [](Facts& f) { f.metadb.tables[2].missing_privileges = {"DELETE (denied)"}; },
             "metadb.privilege",
             "oms_cm.host"},
        Case{"NotTransactional",
             [](Facts& f) { f.metadb.tables[2].engine = "MyISAM"; },
             "metadb.engine",
             "MyISAM"},
        Case{"RegionMissing",
             [](Facts& f) { f.metadb.view.regions[0].code = "2"; },
             "metadb.region-missing",
             "2 (cn-lab)"},
        Case{"OutsideRows",
             [](Facts& f) {
               f.metadb.view.groups.push_back({"9", "left-over"});
             },
             "metadb.rows-outside-region",
             "left-over"},
        Case{"DatabaseMissing",
             [](Facts& f) { f.metadb.databases.erase("oms_cm"); },
             "metadb.database-missing",
             "oms_cm"},
        Case{"ForeignKey",
             [](Facts& f) {
               f.metadb.dependents.found = {{"oms_cm.task",
                                             "oms_cm.host",
                                             "of_host",
                                             "RESTRICT",
                                             3,
                                             "`id` = 1",
                                             "the server will not delete what they refer to",
                                             "let these rows refer to others"}};
             },
             "metadb.foreign-key",
             "oms_cm.task"},
        Case{"HaEnabled",
             [](Facts& f) { f.metadb.ha_enabled = true; },
             "ha.enabled",
             "enable: true"},
        Case{"CommandsMissing",
             [](Facts& f) {
               f.nodes[1].missing_commands = {"curl", "sha256sum"};
             },
             "host.command-missing",
             "no curl, no sha256sum"},
        Case{"CommandMissingWithoutWhichNothingCanBeAsked",
             [](Facts& f) {
               f.nodes[1].connection.reachable = false;
               f.nodes[1].connection.failure = "command";
               f.nodes[1].connection.reason = "env: 'timeout': No such file or directory";
             },
             "host.command-missing",
             "'timeout'"},
        Case{"MountPathWithALineEnd",
             [](Facts& f) { f.nodes[0].containers[0].mounts[1].source = "/data/a\nb"; },
             "node.path",
             "/data/a\nb"},
        Case{"FurtherMountWithAnEscapeSequence",
             [](Facts& f) {
               f.nodes[0].containers[0].mounts.push_back({"/data/x", "/x\x1b[2J", false});
             },
             "node.path",
             "control character"},
        Case{"ProgramNameThatIsNoText",
             [](Facts& f) {
               f.nodes[0].programs.push_back({"a\xff", "RUNNING"});
             },
             "node.program-name",
             "a\xff"},
        Case{"FreeSpaceUnknown",
             [](Facts& f) { f.nodes[1].paths["/data/oms/oms_logs"].free_bytes.reset(); },
             "disk.full",
             "cannot be told"}),
    [](const testing::TestParamInfo<Case>& test) { return test.param.name; });

}  // namespace
}  // namespace omsctl::checks
