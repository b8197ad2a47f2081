#!/usr/bin/env bats
# bats file_tags=all
# Kills at every record of a run that joins a node behind the VIP: see kills.bash.

load kills
export KIND=vip

@test "vip: killed at every record and resumed" { killed_and_resumed; }
@test "vip: killed at every record and rolled back" { killed_at_each_record; }
@test "vip: killed after every step's effect and rolled back" { killed_after_each_effect; }
@test "vip: killed amid every step and rolled back" { killed_amid_each_step; }
@test "vip: a rollback that is killed at every record" { killed_on_the_way_back; }
@test "vip: the table of kills" { table_ends; }
