#!/usr/bin/env bats
# bats file_tags=all
# Kills at every record of a run that changes a physical cm_url: see kills.bash.

load kills
export KIND=physical

@test "physical: killed at every record and resumed" { killed_and_resumed; }
@test "physical: killed at every record and rolled back" { killed_at_each_record; }
@test "physical: killed after every step's effect and rolled back" { killed_after_each_effect; }
@test "physical: killed amid every step and rolled back" { killed_amid_each_step; }
@test "physical: a rollback that is killed at every record" { killed_on_the_way_back; }
@test "physical: the table of kills" { table_ends; }
