#!/usr/bin/env bats
# Full disks, a VIP that is deaf to one host or asks nobody how it is, slow hosts, wrong clocks, sudo that wants a password: before a
# run and during it. What was stopped runs again when nothing was deleted; a full disk is a refusal, never an outage.

setup() {
    load helpers
    run_to_h2
}

teardown() {
    keep_what_failed
    "$LAB" heal
}

begin() { from_the_start; }

# refused_by ID WHERE TEXT...: exit code 4, this finding, nothing begun, the services untouched.
refused_by() {
    omsctl 4 scale-out node --yes
    finding "$@"
    told 'the checks refuse; nothing was changed'
    [[ ! -e $STATE/runs ]]
    "$LAB" heal
    nothing_changed
    all_running h1
}

@test "a disk that is full before the run: of either host, where it keeps data or where it works, and of this machine" {
    begin
    for host in h1 h2; do
        "$LAB" fault "$host" disk-full
        refused_by disk.full "$(address "$host")" '0 B free' 'make room there'
    done
    "$LAB" fault h2 root-full
    refused_by disk.full 198.18.0.12 '/tmp'
    "$LAB" fault h1 root-full 64
    refused_by disk.full 198.18.0.11 '/tmp'
    STATE=$LAB_CONTROLLER_DISK/state
    "$LAB" fault controller disk-full 1000
    refused_by disk.full 'this machine' "$STATE" '--state-dir'
}

@test "the MetaDB's disk is full before the run: the lease cannot be taken, nothing is changed, no run is left" {
    begin
    "$LAB" fault metadb disk-full
    omsctl 4 scale-out node --yes
    told "the MetaDB's disk is full" 'nothing was changed'
    [[ -z $(all_runs) ]]
    "$LAB" heal
    nothing_changed
    all_running h1
}

@test "disks that fill up once the services stand still do not keep them down" {
    begin
    STATE=$LAB_CONTROLLER_DISK/state
    start scale-out node --yes
    when step_started stop.198.18.0.11 "$LAB" fault controller disk-full
    "$LAB" fault h1 disk-full
    finish
    exit_code_is 0
    told 'Done: 2 nodes proven'
    "$LAB" heal
    all_running h1 h2
    [[ -s $(run_directory)/backup/clear/manifest.json ]]
    rm -rf "$STATE"
}

@test "/tmp of the existing node fills up once its programs are stopped: they are started again all the same" {
    begin
    start scale-out node --yes
    when step_started stop.198.18.0.11 "$LAB" fault h1 root-full
    finish
    taken_back 198.18.0.11
}

# bats test_tags=all
@test "the disk of this machine fills up while the MetaDB is dumped: all is taken back" {
    begin
    STATE=$LAB_CONTROLLER_DISK/state
    no_image_on h2
    start scale-out node --yes
    when step_started image.198.18.0.12 "$LAB" fault controller disk-full
    finish
    exit_code_is 5
    failure 'No space left on device'
    told 'already undid its changes'
    "$LAB" heal
    eventually 20 nothing_changed
    all_running h1
    rm -rf "$STATE"
}

# bats test_tags=all
@test "a new node's disk fills up after the outage: the existing node serves, the cause is told" {
    begin
    start scale-out node --yes --init-timeout 20s
    when step_done prove.198.18.0.11 "$LAB" fault h2 disk-full
    finish
    stopped_midway 5 198.18.0.12
    untold 'OMS IS DOWN'
    "$LAB" heal
    all_running h1
    blocked
}

# bats test_tags=all
@test "a VIP that is deaf to one host, and one that sends requests to hosts that do not run" {
    begin
    "$LAB" fault vip drops h2
    refused_by vip.unreachable 198.18.0.100:8088 'from 198.18.0.12: no answer' 'between 198.18.0.12 and the VIP'
    "$LAB" fault vip no-health-check
    refused_by vip.unstable 198.18.0.100:8088 'bind only running nodes'

    start scale-out node --yes --init-timeout 15s
    when step_done prove.198.18.0.12 "$LAB" fault vip drops h2
    finish
    stopped_midway 7 198.18.0.12 'the VIP answers 20 of 20 times on both ports' 'every step was done'
    "$LAB" heal
    all_running h1 h2
}

# bats test_tags=all
@test "a VIP that goes deaf to the existing node while it is initialised: not proven, and it says so" {
    begin
    "$LAB" fault h1 init-slow 1
    start scale-out node --yes --init-timeout 30s
    when_init_runs "$LAB" fault vip drops h1
    finish
    stopped_midway 5 198.18.0.11 'http://198.18.0.100:808'
    told 'OMS IS NOT PROVEN' 'docker_init.sh has ended well'
    "$LAB" heal
    all_running h1
}

# bats test_tags=all
@test "a slow start, a slow sudo and a wrong clock cost time, and are told" {
    begin
    "$LAB" fault h2 slow-start 4
    "$LAB" fault h2 clock-skew 3600
    omsctl 0 scale-out node --yes
    told 'warning: host.clock-skew  198.18.0.12' 'ahead of'
    joined h2

    "$LAB" reset
    "$LAB" fault h1 slow-sudo 0.5
    "$LAB" fault h1 clock-skew -7200
    omsctl 0 scale-out node --yes --ssh-user operator
    told 'warning: host.clock-skew  198.18.0.11' behind
    joined h2
    hearts_beat 2
}

@test "sudo that wants a password: before the run a refusal with the line for sudoers; after the stop the programs run again once it is healed" {
    begin
    "$LAB" fault h2 no-sudo
    omsctl 4 scale-out node --yes --ssh-user operator
    finding host.privilege 198.18.0.12 NOPASSWD
    "$LAB" heal
    nothing_changed

    start scale-out node --yes --ssh-user operator
    when step_started stop.198.18.0.11 "$LAB" fault h1 no-sudo
    finish
    exit_code_is 5
    failure 198.18.0.11 'a password is required'
    nothing_secret_said
    # Nothing was deleted; what could not be started again is told, with the command that does it, and the functions for it.
    told 'not taken back:' 'by hand: on 198.18.0.11:' 'start_programs oms_421 ' 'artifacts/scripts.sh into a root shell'
    grep -qF 'supervisorctl start' "$(run_directory)/artifacts/scripts.sh"
    [[ $(sql 'SELECT COUNT(*) FROM oms_cm.host') -eq 1 ]]
    "$LAB" heal
    on h1 docker exec "$LAB_CONTAINER" supervisorctl start nginx oms_console oms_drc_cm oms_drc_supervisor sshd
    all_running h1
}

@test "the MetaDB is out of reach from here: the initial node is the way, in both directions and whole" {
    begin
    "$LAB" exec controller -- ip route add unreachable 198.18.0.5
    omsctl 0 scale-out node --yes
    "$LAB" exec controller -- ip route del unreachable 198.18.0.5
    told 'the MetaDB is reached through 198.18.0.11'
    joined h2
    hearts_beat 2
    no_lease
    [[ -s $(run_directory)/backup/full/oms_rm.sql.zst ]]
}
