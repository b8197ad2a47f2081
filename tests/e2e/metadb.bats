#!/usr/bin/env bats
# The MetaDB's safety copies and the deployment's lock, on the lab's MetaDB while its OMS runs.

setup() {
    load helpers
    load state
    load rows
    run_to_h2
    export SCENARIO=physical
}

teardown() { keep_what_failed; }

# The newest copy's id.
copy() { find "$STATE/backups" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | tail -n 1; }

drill_databases() { sql "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name LIKE 'omsctl\\_drill%'"; }

drilling() { [[ $(drill_databases) != 0 ]]; }

# hold RUN SECONDS PHASE: a row of the lease as that run would have it.
hold() {
    sql "CREATE TABLE IF NOT EXISTS $LAB_RM_DB.omsctl_lease (id TINYINT NOT NULL PRIMARY KEY, run VARCHAR(64) NOT NULL, holder VARCHAR(128) NOT NULL,
            host VARCHAR(255) NOT NULL, command VARCHAR(2000) NOT NULL, since DATETIME(6) NOT NULL, expires DATETIME(6) NOT NULL,
            fence BIGINT UNSIGNED NOT NULL, phase VARCHAR(16) NOT NULL, last_step VARCHAR(1000) NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        REPLACE INTO $LAB_RM_DB.omsctl_lease VALUES (1, '$1', 'somebody', 'elsewhere', 'scale-out node', UTC_TIMESTAMP(6),
            UTC_TIMESTAMP(6) + INTERVAL $2 SECOND, 5, '$3', 'clear')"
}

free_lease() { sql "DELETE FROM $LAB_RM_DB.omsctl_lease"; }

@test "a copy is taken while OMS runs, verified, drilled, and the region's rows come back from it" {
    "$LAB" reset --images initial
    omsctl 0 metadb backup
    told 'read back and compared'
    ID=$(copy)
    [[ $(stat -c %a "$STATE/backups/$ID") == 700 ]]
    [[ -z $(find "$STATE/backups/$ID" -type f ! -perm 600) ]]
    omsctl 0 metadb list
    told "$ID" complete "region $LAB_CM_LOCATION of $LAB_METADB:3306/$LAB_RM_DB" 'full dump and rows'
    omsctl 0 metadb verify last --drill
    told "full/$LAB_CM_DB.sql.zst" "$LAB_RM_DB.cluster_info" 'and it restores to it'
    untold FAIL
    [[ $(drill_databases) == 0 ]]

    region >"$BATS_TEST_TMPDIR/before"
    omsctl 0 metadb restore "$ID"
    told 'nothing to do'
    sql "UPDATE $LAB_RM_DB.cluster_info SET cm_url = 'http://lost:1' WHERE $(belongs cluster_info); DELETE FROM $LAB_CM_DB.host WHERE ip = '198.18.0.11'"
    omsctl 0 metadb restore "$ID" --dry-run
    told 'to set back' cm_url 'dry run: nothing was changed'
    omsctl 2 metadb restore "$ID"
    told 'nobody can be asked here' --yes
    omsctl 0 metadb restore "$ID" --yes
    told 'what is overwritten is saved' "DROP DATABASE \`$LAB_RM_DB\`" 'docker restart'
    diff "$BATS_TEST_TMPDIR/before" <(region)
    no_lease
    omsctl 0 metadb list
    told 'before a restore'
    omsctl 0 metadb verify "$(copy)"
    omsctl 0 metadb restore "$ID"
    told 'nothing to do'
}

@test "a damaged copy is told file by file with exit code 7, and never restored" {
    omsctl 0 metadb backup
    local file
    file=$STATE/backups/$(copy)/rows/03-host.rows.sql
    [[ -e $file ]] || file=$(find "$STATE/backups/$(copy)/rows" -name '*-host.rows.sql')
    printf x | dd of="$file" bs=1 seek=300 conv=notrunc status=none
    omsctl 7 metadb verify "$(copy)"
    told "FAIL  rows/$(basename "$file")" 'cannot be relied on'
    sql "UPDATE $LAB_RM_DB.cluster_info SET region_cn = region_cn"
    remember_digest
    omsctl 4 metadb restore "$(copy)" --yes
    told "$(basename "$file")"
    nothing_changed
}

@test "a copy of another deployment or region is refused" {
    omsctl 0 metadb backup
    target h1 h2 -- -e 's/^cm_location: .*/cm_location: 93/'
    omsctl 4 metadb restore last --yes
    told "holds rows of region $LAB_CM_LOCATION, and config.yaml is of region 93"
    target h1 h2 -- -e 's/^drc_rm_db: .*/drc_rm_db: another/'
    omsctl 4 metadb restore last --yes
    told "is a copy of $LAB_METADB:3306/$LAB_RM_DB, and config.yaml names $LAB_METADB:3306/another"
    omsctl 2 metadb restore 19990101 --yes
    told 'omsctl metadb list'
}

@test "a copy of the time with one region is refused once there is another: its whole tables would delete that one's rows" {
    omsctl 0 metadb backup
    sql "INSERT INTO $LAB_RM_DB.cluster_info (region, region_cn, cm_url, code, is_default_cm) VALUES ('far', 'far', 'http://198.18.0.101:8088', 77, 0)"
    remember_digest
    omsctl 4 metadb restore last --yes
    told "$LAB_CM_LOCATION was the only region" 'now there is region 77 too' 'omsctl metadb list'
    nothing_changed
    sql "DELETE FROM $LAB_RM_DB.cluster_info WHERE code = 77"
}

@test "a held deployment is not restored, is shown, and is broken by its holder's id alone" {
    omsctl 0 metadb backup
    sql "UPDATE $LAB_CM_DB.host SET host_status = 'LOST' WHERE ip = '198.18.0.11'"
    omsctl 0 lock show
    told 'nobody holds this deployment'
    hold 20260101-000000-abcd 60 changed
    remember_digest
    omsctl 8 metadb restore last --yes
    told 20260101-000000-abcd somebody
    omsctl 0 lock show
    told 20260101-000000-abcd 'somebody on elsewhere' 'yes, within the last minute' 'last step  clear'
    hold 20260101-000000-abcd -5 changed
    omsctl 0 lock show
    told 'stopped midway' 'omsctl resume 20260101-000000-abcd' 'omsctl rollback 20260101-000000-abcd'
    omsctl 4 lock break 20260101-000000 --yes
    told 'run 20260101-000000-abcd of somebody on elsewhere does'
    omsctl 2 lock break 20260101-000000-abcd
    told 'stops before its next write' --yes
    omsctl 0 lock break 20260101-000000-abcd --yes
    told 'no longer holds'
    no_lease
    omsctl 4 lock break 20260101-000000-abcd --yes
    told 'nobody holds'
    omsctl 0 metadb restore last --yes
}

# bats test_tags=all
@test "the copies of a run are listed, verified and restored by RUN/full, RUN/first and RUN/clear" {
    "$LAB" reset --images initial
    region >"$BATS_TEST_TMPDIR/before"
    omsctl 0 scale-out node --yes
    omsctl 0 metadb list
    told "$(run_id)/first" "$(run_id)/full" "$(run_id)/clear"
    omsctl 0 metadb verify "$(run_id)/full" --drill
    omsctl 0 metadb verify "$(run_id)/clear"
    omsctl 2 metadb verify "$(run_id)/clear" --drill
    omsctl 4 metadb restore "$(run_id)/full" --yes
    told 'zstd -dc'
    omsctl 0 metadb restore "$(run_id)/clear" --dry-run
    told 'to delete'
}

# bats test_tags=all
@test "a drill that is interrupted leaves no database behind" {
    sql "CREATE TABLE IF NOT EXISTS $LAB_RM_DB.large (v LONGBLOB); INSERT INTO $LAB_RM_DB.large SELECT REPEAT('x', 500000) FROM $LAB_RM_DB.seq_1_to_200"
    omsctl 0 metadb backup
    start metadb verify last --drill
    eventually 30 drilling
    kill -INT "$PID"
    finish
    sql "DROP TABLE $LAB_RM_DB.large"
    exit_code_is 130
    [[ $(drill_databases) == 0 ]]
}
