#!/usr/bin/env bats
# bats file_tags=all
# Kills at every record of a run that adds a region: see kills.bash.

load kills
export KIND=region

@test "region: killed at every record and resumed" { killed_and_resumed; }
@test "region: killed at every record and rolled back" { killed_at_each_record; }
@test "region: killed after every step's effect and rolled back" { killed_after_each_effect; }
@test "region: killed amid every step and rolled back" { killed_amid_each_step; }
@test "region: a rollback that is killed at every record" { killed_on_the_way_back; }
@test "region: the table of kills" { table_ends; }
